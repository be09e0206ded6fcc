import type { JsonValue } from '../../core/json.ts'
import type { Clock } from '../../platform/clock.ts'
import type { ProgressStore } from '../../storage/ports.ts'
import type { Accept } from '../accept.ts'
import type { Catalogue } from '../catalogue.ts'
import type { EventSender } from './event-sender.ts'
import type { EventCounts, ImportProgress } from './import-counts.ts'
import type { ImportCheckpoint } from './import-progress.ts'
import type { Input } from './open-input.ts'
import type { ProductCollector } from './product-collector.ts'
import type { RejectedRows } from './rejected-rows.ts'

export interface ImportOptions {
  path: string
  /** The content of a mapping file, for CSV; null for NDJSON of events. */
  mapping: JsonValue | null
  /** What the events' source is called after `import:`; by default the mapping's name for it, else `file`. */
  source?: string
  /** Where refused rows go; null or left out: they are counted only. */
  rejectedPath?: string | null
  accept: Accept
  products: Pick<Catalogue, 'upsert'>
  progressStore: Pick<ProgressStore, 'get' | 'put'>
  /** For temporary files; below the data folder, so that it has room and only one process uses it. */
  workDir: string
  /** How much of a grouped file is brought together at a time; the same for every run of one import. */
  bucketBytes?: number
  clock: Clock
  /** Called often, about once for each chunk of the file: throttle before showing it. */
  onProgress?: (progress: ImportProgress) => void
  signal?: AbortSignal
}

/** What the ways of importing share during one run. */
export interface ImportRun {
  path: string
  workDir: string
  bucketBytes: number
  input: Input
  sender: EventSender
  products: ProductCollector
  rejected: RejectedRows
  tally: ImportTally
  /** Where an earlier run was interrupted; empty when this is not its continuation. */
  start: ImportCheckpoint
  resumed: boolean
  /** Says that everything up to here is durable. */
  save(done: Pick<ImportCheckpoint, 'finishedBuckets' | 'finishedLines'>): Promise<void>
  /** Also the place where a stopped import ends: IMPORT_INTERRUPTED. */
  progress(phase: ImportProgress['phase'], done: number, total: number, unit: ImportProgress['unit']): void
}

export interface ImportTally {
  /** Of this run: rows read and rows passed over. */
  rows: number
  skipped: number
  /** The last line that was read. */
  line: number
  /** Of all runs, the interrupted ones included. */
  events: EventCounts
}
