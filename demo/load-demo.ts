import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { MonogramError } from '../core/errors.ts'
import type { ProductPatch } from '../core/products/product.ts'
import type { Clock } from '../platform/clock.ts'
import type { ProgressStore } from '../storage/ports.ts'
import { DEMO_FILES, type DemoEvent, type DemoManifest, type DemoProduct } from './demo-format.ts'
import { demoEpoch, productPatch, segmentEvent } from './shift-in-time.ts'

export interface DemoOptions {
  /** Appends events durably; one that is there already is a duplicate. */
  accept: (
    raws: unknown[],
    context: { source: string; maxEventBytes: number },
  ) => Promise<readonly { outcome: DemoOutcome }[]>
  products: { upsert: (patches: ProductPatch[]) => Promise<void> }
  progressStore: Pick<ProgressStore, 'get' | 'put'>
  clock: Clock
  /** Told after each batch, counted in events and products together. */
  onProgress?: (progress: { done: number; total: number }) => void
  /** The folder that holds `demo/`. */
  projectRoot: string
}

export type DemoOutcome = 'stored' | 'duplicate' | 'conflict' | 'rejected'

export interface DemoSummary {
  customers: number
  products: number
  events: Record<DemoOutcome, number>
  /** Epoch milliseconds of the newest order or refund. */
  newestAt: number
}

const PROGRESS_ID = 'demo'
const BATCH_ITEMS = 200
const BATCHES_IN_FLIGHT = 4
const MAX_EVENT_BYTES = 512 * 1024

/**
 * Loads the demo into an empty or half-loaded data folder; null when the folder has it already. The times are moved
 * once per folder, before the first event, so a load that was killed goes on with the same events, and those that were
 * stored already are duplicates.
 *
 * @throws MonogramError IMPORT_FILE_UNREADABLE when a file of `demo/` is missing or damaged.
 */
export async function loadDemo(options: DemoOptions): Promise<DemoSummary | null> {
  const progress = await options.progressStore.get(PROGRESS_ID)
  if (progress?.['done'] === true) return null
  const folder = join(options.projectRoot, 'demo')
  const manifest = await readJson<DemoManifest>(folder, DEMO_FILES.manifest)

  const fixed = progress?.['newestAt']
  const newestAt = typeof fixed === 'number' ? fixed : demoEpoch(Date.parse(manifest.newest), options.clock())
  if (fixed === undefined) await options.progressStore.put(PROGRESS_ID, { newestAt, done: false })

  let done = 0
  const total = manifest.products + manifest.events
  const advance = (count: number): void => options.onProgress?.({ done: (done += count), total })
  const events: DemoSummary['events'] = { stored: 0, duplicate: 0, conflict: 0, rejected: 0 }

  const products = await readNdjson<DemoProduct>(folder, DEMO_FILES.catalogue)
  await inBatches(products, async (batch) => {
    await options.products.upsert(batch.map((product) => productPatch(product, newestAt)))
    advance(batch.length)
  })
  const context = { source: PROGRESS_ID, maxEventBytes: MAX_EVENT_BYTES }
  await inBatches(await readNdjson<DemoEvent>(folder, DEMO_FILES.events), async (batch) => {
    const raws = batch.map((event) => segmentEvent(event, newestAt))
    for (const { outcome } of await options.accept(raws, context)) events[outcome]++
    advance(batch.length)
  })

  await options.progressStore.put(PROGRESS_ID, { newestAt, done: true })
  return { customers: manifest.customers, products: products.length, events, newestAt }
}

/**
 * Works on all items, BATCH_ITEMS at a time and at most BATCHES_IN_FLIGHT batches at once. After a failure no further
 * batch begins, and it is thrown when those under way have ended.
 */
async function inBatches<T>(items: readonly T[], work: (batch: T[]) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const batch = items.slice(next, (next += BATCH_ITEMS))
      await work(batch).catch((error: unknown) => {
        next = items.length
        throw error
      })
    }
  }
  const workers = await Promise.allSettled(Array.from({ length: BATCHES_IN_FLIGHT }, worker))
  const failed = workers.find((outcome) => outcome.status === 'rejected')
  if (failed !== undefined) throw failed.reason
}

async function readNdjson<T>(folder: string, file: string): Promise<T[]> {
  const lines = await readDemoFile(folder, file, async (bytes) => (await promisify(gunzip)(bytes)).toString())
  return lines.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as T]))
}

async function readJson<T>(folder: string, file: string): Promise<T> {
  return readDemoFile(folder, file, (bytes) => JSON.parse(bytes.toString()) as T)
}

async function readDemoFile<T>(
  folder: string,
  file: string,
  parse: (bytes: Buffer) => T | Promise<T>,
): Promise<T> {
  try {
    return await parse(await readFile(join(folder, file)))
  } catch (cause) {
    throw new MonogramError(
      'IMPORT_FILE_UNREADABLE',
      `${join(folder, file)}: expected the demo data that comes with Monogram, but it cannot be read (${String(cause)}). ` +
        'Restore the file, or start with --no-demo.',
      { cause },
    )
  }
}
