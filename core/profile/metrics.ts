import { addExact, clampExact, type ExactSum } from '../exact-sum.ts'
import { contributionsOf } from './purchase.ts'
import type { MetricsView, ProfileState, Purchase } from './profile.ts'

/** The figures of each currency by itself: amounts of different currencies are never added up. */
export function metricsByCurrency(state: ProfileState): Record<string, MetricsView> {
  const sums = new Map<string, Sums>()
  for (const purchase of Object.values(state.purchases)) addPurchase(sums, purchase)
  for (const [currency, settled] of Object.entries(state.settled.sums)) {
    const figures = sumsOf(sums, currency)
    figures.orders += settled.orders
    figures.gross = addExact(figures.gross, settled.gross)
    figures.refunded = addExact(figures.refunded, settled.refunded)
    if (settled.orders > 0) extend(figures, settledTimes(state, currency, figures.last))
  }
  const metrics: Record<string, MetricsView> = {}
  for (const [currency, { orders, gross, refunded, first, last }] of sums) {
    if (!Object.hasOwn(state.currencies, currency)) continue
    metrics[currency] = {
      orders,
      grossRevenue: clampExact(gross),
      refunded: clampExact(refunded),
      firstOrderAt: first,
      lastOrderAt: last,
    }
  }
  return metrics
}

interface Sums {
  orders: number
  gross: ExactSum
  refunded: ExactSum
  first: number | null
  last: number | null
}

function sumsOf(all: Map<string, Sums>, currency: string): Sums {
  const present = all.get(currency)
  if (present) return present
  const sums: Sums = { orders: 0, gross: 0, refunded: 0, first: null, last: null }
  all.set(currency, sums)
  return sums
}

function addPurchase(all: Map<string, Sums>, purchase: Purchase): void {
  for (const { currency, at, orders, gross, refunded } of contributionsOf(purchase)) {
    const sums = sumsOf(all, currency)
    sums.orders += orders
    sums.gross = addExact(sums.gross, gross)
    sums.refunded = addExact(sums.refunded, refunded)
    if (orders > 0) extend(sums, { first: at, last: at })
  }
}

/**
 * When the settled orders of a currency were made, at the earliest and at the latest: as order events in that currency
 * tell it. No settled order is later than what was heard of any that is kept, so mostly a kept one is the last.
 */
function settledTimes(
  { currencies, purchases }: ProfileState,
  currency: string,
  lastKept: number | null,
): Pick<Sums, 'first' | 'last'> {
  const told = currencies[currency]
  const bound = Math.min(...Object.values(purchases).map(({ heardAt }) => heardAt))
  const last = told?.last ?? told?.first ?? null
  const settledLast = last === null || (lastKept !== null && lastKept >= bound) ? null : Math.min(last, bound)
  return { first: told?.first ?? null, last: settledLast }
}

function extend(sums: Sums, { first, last }: Pick<Sums, 'first' | 'last'>): void {
  if (first !== null) sums.first = Math.min(sums.first ?? first, first)
  if (last !== null) sums.last = Math.max(sums.last ?? last, last)
}
