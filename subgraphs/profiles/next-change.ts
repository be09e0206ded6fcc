import type { ProfileDocument } from '../../core/profile/profile.ts'

const DAY_MS = 86_400_000

/**
 * The next instant at which anything that this subgraph answers of a profile changes by time alone: a rolling figure,
 * or the days since its last order in some currency. Null when nothing does. In the past when a sweep is late.
 */
export function nextChangeOf({ nextChangeAt, view }: ProfileDocument, now: number): number | null {
  const instants = Object.values(view.metrics).flatMap(({ lastOrderAt }) =>
    lastOrderAt === null ? [] : [nextFullDay(lastOrderAt, now)],
  )
  if (nextChangeAt !== null) instants.push(nextChangeAt)
  return instants.length === 0 ? null : Math.min(...instants)
}

/** Until the day after an order that lies ahead, it is 0 days ago. */
function nextFullDay(since: number, now: number): number {
  const days = Math.max(0, Math.floor((now - since) / DAY_MS))
  return since + (days + 1) * DAY_MS
}
