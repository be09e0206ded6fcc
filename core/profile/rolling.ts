import { resolveRefund } from './metrics.ts'
import type { ProfileState, RollingFigures, RollingView } from './profile.ts'

/** The windows that rolling figures look back over. */
export const ROLLING_DAYS = [7, 30, 90] as const
export type RollingDays = (typeof ROLLING_DAYS)[number]

const DAY_MS = 86_400_000

/**
 * The figures of each window at the instant `now`: an event of time t counts while `now - window < t <= now`, exact to
 * the millisecond. `nextChangeAt` is the next instant at which any of them changes without a new event; null when none
 * ever will.
 */
export function rollingView(state: ProfileState, now: number): RollingView {
  const clock = new NextChange(now)
  const windows = ROLLING_DAYS.map((days) => [days, figuresOf(state, days * DAY_MS, clock)] as const)
  return { windows: Object.fromEntries(windows), nextChangeAt: clock.at }
}

function figuresOf(state: ProfileState, windowMs: number, clock: NextChange): RollingFigures {
  const figures: RollingFigures = { orders: {}, revenue: {}, views: 0, carts: 0 }
  const counts = (at: number): boolean => clock.counts(at, windowMs)
  for (const order of Object.values(state.orders)) {
    if (!counts(order.orderedAt)) continue
    add(figures.orders, order.currency, 1)
    add(figures.revenue, order.currency, order.gross)
  }
  for (const refund of Object.values(state.refunds)) {
    if (!counts(refund.at)) continue
    const { amount, currency } = resolveRefund(refund, state.orders)
    add(figures.revenue, currency, -amount)
  }
  for (const at of state.views) if (counts(at)) figures.views++
  for (const at of state.carts) if (counts(at)) figures.carts++
  return figures
}

function add(sums: Record<string, number>, currency: string, amount: number): void {
  sums[currency] = (sums[currency] ?? 0) + amount
}

/** Gathers the next instant at which something enters a window or leaves it. */
class NextChange {
  readonly #now: number
  at: number | null = null

  constructor(now: number) {
    this.#now = now
  }

  counts(at: number, windowMs: number): boolean {
    if (at > this.#now) this.#earliest(at)
    else if (at > this.#now - windowMs) this.#earliest(at + windowMs)
    else return false
    return at <= this.#now
  }

  #earliest(instant: number): void {
    if (this.at === null || instant < this.at) this.at = instant
  }
}
