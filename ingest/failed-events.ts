import type { PendingEvent } from '../storage/ports.ts'

export interface FailedEvents {
  /** When the event is tried again, while that lies ahead; null when it may be tried now. */
  waitsUntil(row: PendingEvent, now: number): number | null
  /** Notes a failure: whether the event is tried again later, or has had its tries. */
  fail(row: PendingEvent, now: number): 'retry' | 'park'
  /** Forgets an event that has been applied or parked. */
  forget(row: PendingEvent): void
}

/** An event that the fold cannot apply is tried this often before it is parked. */
const MAX_TRIES = 3
const FIRST_WAIT_MS = 100
const WAIT_FACTOR = 4
/** More events than this are not waited for: what fails then is parked at once. */
const MAX_WAITING = 1_000

/**
 * The tries of events that the fold could not apply, in memory: a worker that dies begins to count anew, so an event
 * has at least one try and each worker gives it a bounded number.
 */
export function createFailedEvents(): FailedEvents {
  const failed = new Map<string, { tries: number; retryAt: number }>()
  return {
    waitsUntil(row, now) {
      const retryAt = failed.get(idOf(row))?.retryAt ?? 0
      return retryAt > now ? retryAt : null
    },
    fail(row, now) {
      const tries = (failed.get(idOf(row))?.tries ?? 0) + 1
      if (tries >= MAX_TRIES || (tries === 1 && failed.size >= MAX_WAITING)) return 'park'
      failed.set(idOf(row), { tries, retryAt: now + FIRST_WAIT_MS * WAIT_FACTOR ** (tries - 1) })
      return 'retry'
    },
    forget(row) {
      failed.delete(idOf(row))
    },
  }
}

/** A released event is another attempt, with tries of its own. */
function idOf({ event, attempt }: PendingEvent): string {
  return `${event.key} ${attempt}`
}
