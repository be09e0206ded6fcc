import type { ProductTouch, RecentEvent } from './profile.ts'

/*
 * Bounded lists are joins as long as what falls out could never come back in: everything that pushed it out stays
 * newer than it. So the order must be total, and the same everywhere.
 */

/** The newest `limit` products, newest first, those of one instant in order of id. */
export function newestProducts(touched: Record<string, number>, limit: number): ProductTouch[] {
  return Object.entries(touched)
    .map(([productId, at]) => ({ productId, at }))
    .sort((a, b) => b.at - a.at || compareText(a.productId, b.productId))
    .slice(0, limit)
}

/** The newest `limit` events, newest first, those of one instant with the greater key first. */
export function newestEvents(events: readonly RecentEvent[], limit: number): RecentEvent[] {
  return events.toSorted((a, b) => b.time - a.time || compareText(b.key, a.key)).slice(0, limit)
}

/** The newest `limit` instants, newest first. One that stands twice happened twice. */
export function newestTimes(times: readonly number[], limit: number): number[] {
  return times.toSorted((a, b) => b - a).slice(0, limit)
}

/** By code units, as the store orders text; never by locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
