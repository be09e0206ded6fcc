import { addExact, clampExact, negated } from '../exact-sum.ts'
import { contributionsOf } from './purchase.ts'
import type { DayFigures, ProfileState, RollingFigures, RollingView } from './profile.ts'
import { addContribution, addDay, DAY_MS, dayOf, emptyDay } from './settled.ts'

/** The windows that rolling figures look back over. */
export const ROLLING_DAYS = [7, 30, 90] as const
export type RollingDays = (typeof ROLLING_DAYS)[number]

/** Of the settled figures of a day: what of them happened up to an instant, and when the next of them did. */
export interface DayEdge {
  passed: DayFigures
  /** At or before the next of them, after the instant and on the same day; null when none is left. */
  nextAt: number | null
}

/** By the instant at which a window begins or ends. */
export type DayEdges = ReadonlyMap<number, DayEdge>

/** The instants within a day of which some of the settled figures may count and others not. */
export function edgesNeeded(state: ProfileState, now: number): number[] {
  const begins = ROLLING_DAYS.map((days) => now - days * DAY_MS)
  return [...begins, ...(isAhead(state, now) ? [now] : [])].filter(
    (instant) => state.settled.days[dayOf(instant)] !== undefined,
  )
}

/**
 * The figures of each window at the instant `now`: an event of time t counts while `now - window < t <= now`, exact to
 * the millisecond. `nextChangeAt` is the next instant at which any of them may change without a new event; null when
 * none ever will. `edges` has each instant that `edgesNeeded` tells.
 */
export function rollingView(state: ProfileState, now: number, edges: DayEdges = new Map()): RollingView {
  const clock = new NextChange(now)
  const windows = ROLLING_DAYS.map((days) => [days, figuresOf(state, days * DAY_MS, clock, edges)] as const)
  return { windows: Object.fromEntries(windows), nextChangeAt: clock.at }
}

/** Whether something may be settled that has not happened yet: senders may be a few minutes ahead. */
function isAhead({ lastSeenAt }: ProfileState, now: number): boolean {
  return lastSeenAt !== null && lastSeenAt > now
}

function figuresOf(
  state: ProfileState,
  windowMs: number,
  clock: NextChange,
  edges: DayEdges,
): RollingFigures {
  const { views, carts, sums } = settledOf(state, windowMs, clock, edges)
  const counts = (at: number): boolean => clock.counts(at, windowMs)
  for (const purchase of Object.values(state.purchases)) {
    for (const part of contributionsOf(purchase)) {
      if (counts(part.at) && Object.hasOwn(state.currencies, part.currency)) addContribution(sums, part, 1)
    }
  }
  const figures: RollingFigures = { orders: {}, revenue: {}, views, carts }
  for (const [currency, { orders, gross, refunded }] of Object.entries(sums)) {
    if (orders > 0) figures.orders[currency] = orders
    figures.revenue[currency] = clampExact(addExact(gross, negated(refunded)))
  }
  for (const at of state.views) if (counts(at)) figures.views++
  for (const at of state.carts) if (counts(at)) figures.carts++
  return figures
}

/** What of the settled figures counts: of the days at the edges of the window only a part. */
function settledOf(state: ProfileState, windowMs: number, clock: NextChange, edges: DayEdges): DayFigures {
  const total = emptyDay()
  const begin = clock.now - windowMs
  const [beginDay, today] = [dayOf(begin), dayOf(clock.now)]
  for (const [key, figures] of Object.entries(state.settled.days)) {
    const day = Number(key)
    if (day < beginDay) continue
    const ahead = isAhead(state, clock.now)
    if (ahead && day > today) clock.mayChange(day * DAY_MS)
    else if (ahead && day === today) {
      const { passed, nextAt } = edgeOf(edges, clock.now)
      addDay(total, passed, 1)
      if (nextAt !== null) clock.mayChange(nextAt)
    } else addDay(total, figures, 1)
    if (day > beginDay) clock.mayChange(day * DAY_MS + windowMs)
    else {
      const { passed, nextAt } = edgeOf(edges, begin)
      addDay(total, passed, -1)
      if (nextAt !== null) clock.mayChange(nextAt + windowMs)
    }
  }
  return total
}

function edgeOf(edges: DayEdges, instant: number): DayEdge {
  const edge = edges.get(instant)
  if (!edge) throw new Error(`the settled figures of the day of ${instant} were not read`)
  return edge
}

/** Gathers the next instant at which something enters a window or leaves it. */
class NextChange {
  readonly now: number
  at: number | null = null

  constructor(now: number) {
    this.now = now
  }

  counts(at: number, windowMs: number): boolean {
    if (at > this.now) this.mayChange(at)
    else if (at > this.now - windowMs) this.mayChange(at + windowMs)
    else return false
    return at <= this.now
  }

  mayChange(instant: number): void {
    if (instant > this.now && (this.at === null || instant < this.at)) this.at = instant
  }
}
