import { z } from 'zod'
import { hash128, lengthPrefixed } from '../../core/hash.ts'
import { canonicalJson, type JsonValue } from '../../core/json.ts'
import type { ProgressStore } from '../../storage/ports.ts'
import { noEvents, type EventCounts } from './import-counts.ts'

export interface ImportIdentity {
  fingerprint: string
  mapping: JsonValue
  source: string
}

const counts = z.object({
  stored: z.number(),
  duplicate: z.number(),
  conflict: z.number(),
  rejected: z.number(),
})
const document = z.object({
  state: z.enum(['running', 'done']),
  finishedBuckets: z.array(z.number()),
  finishedLines: z.number(),
  events: counts,
  rejectedRows: z.number(),
})

/** How far an import has come, in the store: what a run after an interruption need not do again. */
export interface ImportCheckpoint {
  /** Buckets of a grouped file whose events are all durable. */
  finishedBuckets: number[]
  /** Up to this line of any other file all events are durable; 0: none. */
  finishedLines: number
  events: EventCounts
  rejectedRows: number
}

export interface SavedProgress {
  /** Empty when there is nothing to go on from, or the last run came to its end. */
  checkpoint: ImportCheckpoint
  resumed: boolean
  save(checkpoint: ImportCheckpoint): Promise<void>
  finish(checkpoint: ImportCheckpoint): Promise<void>
}

/** The progress of this file under this mapping and source, and of no other. */
export async function readProgress(
  store: Pick<ProgressStore, 'get' | 'put'>,
  identity: ImportIdentity,
): Promise<SavedProgress> {
  const { fingerprint, mapping, source } = identity
  const id = `import:${hash128(lengthPrefixed([fingerprint, canonicalJson(mapping), source]))}`
  const parsed = document.safeParse(await store.get(id))
  const resumed = parsed.success && parsed.data.state === 'running'
  return {
    checkpoint: resumed
      ? parsed.data
      : { finishedBuckets: [], finishedLines: 0, events: noEvents(), rejectedRows: 0 },
    resumed,
    save: (checkpoint) => put('running', checkpoint),
    finish: (checkpoint) => put('done', checkpoint),
  }

  function put(state: 'running' | 'done', { finishedBuckets, finishedLines, ...rest }: ImportCheckpoint) {
    const { events, rejectedRows } = rest
    return store.put(id, { state, finishedBuckets, finishedLines, events: { ...events }, rejectedRows })
  }
}
