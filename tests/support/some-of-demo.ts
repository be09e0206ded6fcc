import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { temporaryFolder } from '../../bench/support/monogram-process.ts'
import { DEMO_FILES, type DemoManifest, type DemoProduct } from '../../demo/demo-format.ts'
import { loadDemo } from '../../demo/load-demo.ts'
import { createAccept } from '../../ingest/accept.ts'
import { createCatalogue } from '../../ingest/catalogue.ts'
import { projectRoot } from '../../platform/project-root.ts'
import type { Storage } from '../../storage/ports.ts'

interface Event {
  userId?: string
  properties?: { products?: { product_id: string }[] }
}

/** Puts a few people of the demo, and what they bought, into a store whose workers run elsewhere. */
export async function loadSomeOfDemo(storage: Storage, people: readonly string[]): Promise<void> {
  const source = join(projectRoot(import.meta.url), 'demo')
  const root = temporaryFolder()
  const target = join(root, 'demo')
  await mkdir(target)
  try {
    const events = (await read<Event>(source, DEMO_FILES.events)).filter(
      ({ userId }) => userId !== undefined && people.includes(userId),
    )
    const bought = new Set(
      events.flatMap(({ properties }) => properties?.products?.map((p) => p.product_id) ?? []),
    )
    const products = (await read<DemoProduct>(source, DEMO_FILES.catalogue)).filter(({ id }) =>
      bought.has(id),
    )
    const manifest = JSON.parse(await readFile(join(source, DEMO_FILES.manifest), 'utf8')) as DemoManifest
    const counts = { customers: people.length, events: events.length, products: products.length }
    await write(target, DEMO_FILES.events, events)
    await write(target, DEMO_FILES.catalogue, products)
    await writeFile(join(target, DEMO_FILES.manifest), JSON.stringify({ ...manifest, ...counts }))
    const clock = (): number => Date.now()
    await loadDemo({
      accept: createAccept({ events: storage.events, clock, onStored: () => undefined }),
      products: createCatalogue({ products: storage.products, clock }),
      progressStore: storage.progress,
      clock,
      projectRoot: root,
    })
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

async function read<T>(folder: string, file: string): Promise<T[]> {
  const text = gunzipSync(await readFile(join(folder, file))).toString()
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as T]))
}

async function write(folder: string, file: string, items: readonly unknown[]): Promise<void> {
  await writeFile(join(folder, file), gzipSync(items.map((item) => JSON.stringify(item)).join('\n')))
}
