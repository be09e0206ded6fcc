/** Something that gives up at its deadline. */
export interface DeadlineHolder {
  onDeadline(): void
}

/**
 * Deadlines of many calls on few timers: those within the same `TICK_MS` share one, since nearly all of them are taken
 * back before they come. A holder is told up to `TICK_MS` early, never so much later that it could not answer in time.
 */
export interface DeadlineTimers {
  /** @param at on the clock of performance.now() @returns what `remove` takes */
  add(at: number, holder: DeadlineHolder): number
  remove(tick: number, holder: DeadlineHolder): void
  /**
   * Tells those whose time has come, for whoever has just been woken: timers run between turns of the event loop alone,
   * and one turn may have hundreds of requests and answers to read. Costs a look at the clock when nobody's has.
   *
   * @param aheadMs those as well whose time comes within so much: for whoever is about to take that long
   */
  tellDue(aheadMs?: number): void
}

export const TICK_MS = 2

interface Bucket {
  holders: Set<DeadlineHolder>
  timer: NodeJS.Timeout
}

export function createDeadlineTimers(): DeadlineTimers {
  const buckets = new Map<number, Bucket>()
  /** No bucket is before it. */
  let earliest = Infinity

  function open(tick: number): Bucket {
    const delayMs = Math.max(0, tick * TICK_MS - performance.now())
    const bucket: Bucket = { holders: new Set(), timer: setTimeout(() => fire(tick), delayMs).unref() }
    buckets.set(tick, bucket)
    if (tick < earliest) earliest = tick
    return bucket
  }

  function fire(tick: number): void {
    const bucket = buckets.get(tick)
    buckets.delete(tick)
    if (bucket) for (const holder of bucket.holders) holder.onDeadline()
  }

  function fireUpTo(last: number): void {
    const due = [...buckets.keys()].filter((tick) => tick <= last).sort((a, b) => a - b)
    for (const tick of due) {
      clearTimeout(buckets.get(tick)?.timer)
      fire(tick)
    }
    earliest = Infinity
    for (const tick of buckets.keys()) if (tick < earliest) earliest = tick
  }

  return {
    add(at, holder) {
      const tick = Math.floor(Math.min(at, performance.now() + MAX_DELAY_MS) / TICK_MS)
      const bucket = buckets.get(tick) ?? open(tick)
      bucket.holders.add(holder)
      return tick
    },

    remove(tick, holder) {
      const bucket = buckets.get(tick)
      if (!bucket?.holders.delete(holder) || bucket.holders.size > 0) return
      clearTimeout(bucket.timer)
      buckets.delete(tick)
    },

    tellDue(aheadMs = 0) {
      const now = Math.floor((performance.now() + aheadMs) / TICK_MS)
      if (earliest <= now) fireUpTo(now)
    },
  }
}

/** Longer ones overflow setTimeout, which then fires at once. */
const MAX_DELAY_MS = 2 ** 31 - 1
