import type { CliContext } from './command.ts'

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

export interface Interruptible extends Disposable {
  signal: AbortSignal
}

/** Turns the first SIGINT or SIGTERM into an abort; the next one ends the process as usual. */
export function interruptible({ signals }: Pick<CliContext, 'signals'>): Interruptible {
  const controller = new AbortController()
  const stopListening = (): void => {
    for (const signal of SIGNALS) signals.off(signal, interrupt)
  }
  function interrupt(): void {
    stopListening()
    controller.abort()
  }
  for (const signal of SIGNALS) signals.on(signal, interrupt)
  return { signal: controller.signal, [Symbol.dispose]: stopListening }
}
