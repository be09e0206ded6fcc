import { addExact, negated } from '../exact-sum.ts'
import { contributionsOf, type Contribution } from './purchase.ts'
import type { DayFigures, ProfileState, Purchase, PurchaseSums } from './profile.ts'

export const DAY_MS = 86_400_000
/** How far back sums are kept by day: as far as the longest window looks, and a day for clocks that differ. */
const DAYS_KEPT = 92

export function dayOf(at: number): number {
  return Math.floor(at / DAY_MS)
}

/** Days before it are no longer kept: no window will ever reach them. It never goes back. */
export function firstDay(state: Pick<ProfileState, 'lastSeenAt'>): number {
  return state.lastSeenAt === null ? -Infinity : dayOf(state.lastSeenAt) - DAYS_KEPT
}

/** Puts a purchase into the sums (`sign` 1), or takes it out again (-1). Changes the state in place. */
export function settle(state: ProfileState, purchase: Purchase, sign: 1 | -1): void {
  const { settled } = state
  settled.purchases += sign
  for (const part of contributionsOf(purchase)) {
    if (!Object.hasOwn(state.currencies, part.currency)) continue
    addContribution(settled.sums, part, sign)
    const day = dayOf(part.at)
    if (day < firstDay(state)) continue
    const figures = copyOfDay(settled.days[day])
    addContribution(figures.sums, part, sign)
    setDay(state, day, figures)
  }
}

/** Counts a view or a cart by its day. Changes the state in place. */
export function settleActivity(state: ProfileState, activity: 'views' | 'carts', at: number): void {
  const day = dayOf(at)
  if (day < firstDay(state)) return
  const figures = copyOfDay(state.settled.days[day])
  figures[activity]++
  state.settled.days[day] = figures
}

/** Adds the sums of another state. Changes the state in place. */
export function joinSettled(state: ProfileState, other: ProfileState['settled']): void {
  const { settled } = state
  settled.purchases += other.purchases
  for (const [currency, sums] of Object.entries(other.sums)) addSums(settled.sums, currency, sums)
  for (const [day, theirs] of Object.entries(other.days)) {
    const figures = copyOfDay(settled.days[Number(day)])
    addDay(figures, theirs, 1)
    settled.days[Number(day)] = figures
  }
}

/** Leaves out days that no window reaches any more, and currencies that are not kept. Changes the state in place. */
export function pruneSettled(state: ProfileState): void {
  const { settled, currencies } = state
  const first = firstDay(state)
  for (const currency of Object.keys(settled.sums)) {
    if (!Object.hasOwn(currencies, currency)) delete settled.sums[currency]
  }
  for (const [day, figures] of Object.entries(settled.days)) {
    if (Number(day) < first) delete settled.days[Number(day)]
    else if (Object.keys(figures.sums).some((currency) => !Object.hasOwn(currencies, currency))) {
      const sums = Object.entries(figures.sums).filter(([currency]) => Object.hasOwn(currencies, currency))
      setDay(state, Number(day), { ...figures, sums: Object.fromEntries(sums) })
    }
  }
}

export function emptyDay(): DayFigures {
  return { views: 0, carts: 0, sums: {} }
}

export function addDay(figures: DayFigures, other: DayFigures, sign: 1 | -1): void {
  figures.views += sign * other.views
  figures.carts += sign * other.carts
  for (const [currency, sums] of Object.entries(other.sums)) {
    addSums(figures.sums, currency, sign === 1 ? sums : negatedSums(sums))
  }
}

export function addContribution(
  sums: Record<string, PurchaseSums>,
  { currency, orders, gross, refunds, refunded }: Contribution,
  sign: 1 | -1,
): void {
  const part = { orders, gross, refunds, refunded }
  addSums(sums, currency, sign === 1 ? part : negatedSums(part))
}

function addSums(all: Record<string, PurchaseSums>, currency: string, part: PurchaseSums): void {
  const present = all[currency] ?? { orders: 0, gross: 0, refunds: 0, refunded: 0 }
  const orders = present.orders + part.orders
  const refunds = present.refunds + part.refunds
  if (orders === 0 && refunds === 0) {
    delete all[currency]
    return
  }
  const gross = addExact(present.gross, part.gross)
  all[currency] = { orders, gross, refunds, refunded: addExact(present.refunded, part.refunded) }
}

function negatedSums({ orders, gross, refunds, refunded }: PurchaseSums): PurchaseSums {
  return { orders: 0 - orders, gross: negated(gross), refunds: 0 - refunds, refunded: negated(refunded) }
}

function copyOfDay(figures: DayFigures | undefined): DayFigures {
  return figures ? { ...figures, sums: { ...figures.sums } } : emptyDay()
}

/** A day with nothing in it is not kept: the same events always give the same state. */
function setDay(state: ProfileState, day: number, figures: DayFigures): void {
  const empty = figures.views === 0 && figures.carts === 0 && Object.keys(figures.sums).length === 0
  if (empty) delete state.settled.days[day]
  else state.settled.days[day] = figures
}
