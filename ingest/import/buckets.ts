import { appendFile, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { MonogramError } from '../../core/errors.ts'
import type { Row } from './row.ts'

export interface BucketsOptions {
  /** A folder of its own: made by `openBuckets`, removed when disposed of. */
  folder: string
  count: number
  /** Rows that fall into these are dropped. */
  skip?: ReadonlySet<number>
  /** Over all buckets together, before they are written. */
  maxHeldBytes?: number
}

/** Rows put aside in files, so that those of one key come together without all being held in memory. */
export interface Buckets extends AsyncDisposable {
  /** True: it is time to `write`. */
  add(key: string, row: Row): boolean
  /** How many rows were added and not dropped. */
  readonly rows: number
  /** Resolves when what must make room has been written. */
  write(): Promise<void>
  /** Ends the adding. */
  finish(): Promise<void>
  /** The rows of one bucket in the order they were added. All rows of a key are in the same bucket. */
  read(bucket: number): Promise<Row[]>
}

/** How much of the unpacked file falls into one bucket. */
export const BUCKET_BYTES = 2 * 1_048_576
const MAX_BUCKETS = 4_096
/** Text that gzip packs better than this still fits: its buckets grow by as much. */
const EXPECTED_UNPACKING = 8
const YIELD_EVERY_ROWS = 2_000

/** So many that one fits in memory with ease. Depends on the file alone: a resumed import finds the same buckets. */
export function bucketCount(file: { totalBytes: number; packed: boolean }, bucketBytes: number): number {
  const bytes = file.packed ? file.totalBytes * EXPECTED_UNPACKING : file.totalBytes
  return Math.min(MAX_BUCKETS, Math.max(1, Math.ceil(bytes / bucketBytes)))
}

/** Files are opened only while they are appended to, so there may be many. */
export async function openBuckets(options: BucketsOptions): Promise<Buckets> {
  const { folder, count, skip = new Set(), maxHeldBytes = 4 * 1_048_576 } = options
  const held: string[][] = Array.from({ length: count }, () => [])
  const heldChars = new Uint32Array(count)
  const maxChars = Math.max(8_192, Math.min(262_144, Math.floor(maxHeldBytes / count)))
  const full = new Set<number>()
  let added = 0
  await onDisk(() => mkdir(folder, { recursive: true, mode: 0o700 }))

  return {
    add(key, row) {
      const bucket = bucketOf(key, count)
      if (skip.has(bucket)) return full.size > 0
      const text = JSON.stringify([row.line, row.mistake ?? 0, ...row.fields])
      added++
      held[bucket]?.push(text)
      const chars = (heldChars[bucket] ?? 0) + text.length
      heldChars[bucket] = chars
      if (chars >= maxChars) full.add(bucket)
      return full.size > 0
    },
    get rows() {
      return added
    },
    async write() {
      for (const bucket of full) await append(bucket)
      full.clear()
    },
    async finish() {
      for (let bucket = 0; bucket < count; bucket++) await append(bucket)
    },
    async read(bucket) {
      const text = await readFile(path(bucket), 'utf8').catch((error: unknown) => {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
        throw error
      })
      return parseRows(text)
    },
    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true })
    },
  }

  async function append(bucket: number): Promise<void> {
    const rows = held[bucket]
    if (!rows || rows.length === 0) return
    held[bucket] = []
    heldChars[bucket] = 0
    await onDisk(() => appendFile(path(bucket), `${rows.join('\n')}\n`, { mode: 0o600 }))
  }

  function path(bucket: number): string {
    return join(folder, `${bucket}.ndjson`)
  }

  async function onDisk<T>(write: () => Promise<T>): Promise<T> {
    try {
      return await write()
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new MonogramError('STORAGE_UNAVAILABLE', `cannot write to ${folder}: ${reason}`, { cause: error })
    }
  }
}

/** Yields between slices, since an import may run beside a server. */
async function parseRows(text: string): Promise<Row[]> {
  const rows: Row[] = []
  let from = 0
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
    const [line, mistake, ...fields] = JSON.parse(text.slice(from, end)) as [number, 0 | string, ...string[]]
    rows.push(mistake === 0 ? { line, fields } : { line, fields, mistake })
    from = end + 1
    if (rows.length % YIELD_EVERY_ROWS === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  return rows
}

/** FNV-1a. */
function bucketOf(key: string, count: number): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193)
  return (hash >>> 0) % count
}
