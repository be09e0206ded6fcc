import type { TrailId } from '../core/events/event.ts'
import { MonogramError } from '../core/errors.ts'
import type { Clock } from '../platform/clock.ts'
import type { Sleep } from '../platform/sleep.ts'
import type { Storage } from '../storage/ports.ts'
import { createSealTrail, type SealTrailOptions } from './seal-trail.ts'

export interface RetainOptions extends SealTrailOptions {
  storage: Storage
  clock: Clock
  sleep: Sleep
  /** How long an event is there at least, however old it is: it is known when its sender sends it again. */
  keptAfterArrivalMs?: number
}

export interface RetainCounts {
  /** Trails that were looked at. */
  trails: number
  /** Events that were deleted. */
  deleted: number
  /** Trails that a newer fold made, or that another process was sealing: they are left to the next run. */
  left: number
}

export interface RetainSummary extends RetainCounts {
  /** Events that happened before it were to be deleted; epoch milliseconds. */
  before: number
  /** Those that arrived after it are kept all the same; epoch milliseconds. */
  arrivedUntil: number
  /** It went on where an earlier run had been interrupted. */
  resumed: boolean
}

export interface RetainControl {
  onProgress: (counts: RetainCounts) => void
  /** Stops after the trails that are under way; the next run goes on from there. */
  signal: AbortSignal
}

/**
 * Seals what happened before an instant into the base of each trail, then deletes those events. Beside everything else
 * that goes on, and however often it is interrupted. RETAIN_INTERRUPTED, BAD_USER_INPUT.
 */
export type Retain = (before: number, control: RetainControl) => Promise<RetainSummary>

/** Rolling figures look back 90 days, and find in the log what counts at the edge of a window. */
export const MIN_RETAIN_DAYS = 92

const DAY_MS = 86_400_000
/**
 * A client that heard no answer, an import that is run again, and a topic of Kafka that is read once more (it keeps a
 * record for seven days by itself) send an event again long after it has arrived.
 */
const KEPT_AFTER_ARRIVAL_MS = 7 * DAY_MS
const PAGE = 50
const PROGRESS = 'retain'
/** Since when all of the log is there; absent while nothing was ever deleted. */
const LOG_BEGINS = 'log-begins'

export function createRetain(options: RetainOptions): Retain {
  const { storage, clock, sleep, keptAfterArrivalMs = KEPT_AFTER_ARRIVAL_MS } = options
  const { trails, progress } = storage
  const sealTrail = createSealTrail(options)

  return async (before, { onProgress, signal }) => {
    if (before > clock() - MIN_RETAIN_DAYS * DAY_MS) throw tooShort()
    const arrivedUntil = clock() - keptAfterArrivalMs
    const counts: RetainCounts = { trails: 0, deleted: 0, left: 0 }
    const begun = await progress.get(PROGRESS)
    const [after, of] = [begun?.['after'], begun?.['before']]
    const resumed = typeof after === 'string' && typeof of === 'number'
    if (resumed) await seal(Math.min(of, before), after)
    if (!resumed || of < before) await seal(before, null)
    return { ...counts, before, arrivedUntil, resumed }

    async function seal(instant: number, from: TrailId | null): Promise<void> {
      await progress.put(LOG_BEGINS, { before: Math.max(instant, (await logBegins(storage)) ?? instant) })
      for (let last = from; ;) {
        const ids = await trails.list(last, PAGE)
        for (const id of ids) {
          const { deleted, left } = await sealTrail(id, { before: instant, receivedUntil: arrivedUntil })
          counts.trails++
          counts.deleted += deleted
          if (left) counts.left++
        }
        onProgress({ ...counts })
        const next = ids.at(-1) ?? null
        await progress.put(PROGRESS, { before: instant, after: ids.length < PAGE ? null : next })
        if (ids.length < PAGE) return
        last = next
        if (signal.aborted) throw interrupted(counts)
        await sleep(0)
      }
    }
  }
}

/** From when on the log is whole, epoch milliseconds; null when nothing was ever deleted from it. */
export async function logBegins({ progress }: Pick<Storage, 'progress'>): Promise<number | null> {
  const before = (await progress.get(LOG_BEGINS))?.['before']
  return typeof before === 'number' ? before : null
}

function tooShort(): MonogramError {
  return new MonogramError(
    'BAD_USER_INPUT',
    `events are kept for at least ${MIN_RETAIN_DAYS} days, since rolling figures look back 90; give more days`,
  )
}

function interrupted({ trails, deleted }: RetainCounts): MonogramError {
  return new MonogramError(
    'RETAIN_INTERRUPTED',
    `stopped after ${trails} trails and ${deleted} events; start it again to go on`,
  )
}
