import type { Clock } from '../platform/clock.ts'
import type { EventStore } from '../storage/ports.ts'

/** How many acknowledged events wait to be folded, so that no more are acknowledged than can be folded in good time. */
export interface Backlog {
  /** The number that wait when `events` more would make too many; null when there is room for them. */
  refusal(events: number): Promise<number | null>
  /** So many more wait. */
  add(events: number): void
}

export interface BacklogOptions {
  events: Pick<EventStore, 'backlog'>
  clock: Clock
  maxPendingEvents?: number
  /** The store is asked no more often: in between, what was folded counts as if it still waited. */
  readEveryMs?: number
}

/** Half a minute of folding at 5,000 events a second, and more than a burst of 8,000 a second for ten. */
const MAX_PENDING_EVENTS = 150_000

export function createBacklog(options: BacklogOptions): Backlog {
  const { events: store, clock, maxPendingEvents = MAX_PENDING_EVENTS, readEveryMs = 250 } = options
  let pending = Infinity
  let readAt = -Infinity
  let reading: Promise<void> | null = null

  return {
    async refusal(events) {
      if (pending + events > maxPendingEvents && clock() - readAt >= readEveryMs) {
        reading ??= read().finally(() => (reading = null))
        await reading
      }
      // An empty log takes any number: a request larger than the bound could else never be stored.
      return pending > 0 && pending + events > maxPendingEvents ? pending : null
    },
    add(events) {
      pending += events
    },
  }

  async function read(): Promise<void> {
    const backlog = await store.backlog()
    pending = backlog.pending
    readAt = clock()
  }
}
