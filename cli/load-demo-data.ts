import { loadDemo } from '../demo/load-demo.ts'
import type { Output } from './command.ts'
import type { OpenedServices } from './open-services.ts'

const BAR_CHARS = 24

/** Loads the demo data into a folder that has none, with a progress bar, and waits until it can be read; true when it did. */
export async function loadDemoData(
  services: OpenedServices,
  { root, terminal }: { root: string; terminal: Output },
): Promise<boolean> {
  const { accept, products, storage, clock } = services
  const loaded = await loadDemo({
    accept,
    products,
    progressStore: storage.progress,
    clock,
    projectRoot: root,
    onProgress: ({ done, total }) => {
      if (terminal.errIsTerminal) terminal.err(`\r\u001b[2K${bar(done, total)}`)
    },
  })
  if (!loaded) return false
  await services.settled()
  const { customers, products: catalogue, events } = loaded
  const count = (number: number): string => number.toLocaleString('en-US')
  terminal.err(
    `${terminal.errIsTerminal ? '\r\u001b[2K' : ''}Loaded the demo: ${count(customers)} customers, ` +
      `${count(catalogue)} products, ${count(events.stored + events.duplicate)} events.\n`,
  )
  return true
}

function bar(done: number, total: number): string {
  const share = total > 0 ? done / total : 1
  const filled = Math.round(share * BAR_CHARS)
  return `Loading the demo ${'█'.repeat(filled)}${'░'.repeat(BAR_CHARS - filled)} ${Math.floor(share * 100)} %`
}
