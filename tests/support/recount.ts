import { commerceMeaning, orderAmount, propertyId } from '../../core/events/commerce.ts'
import type { Event } from '../../core/events/event.ts'
import { isJsonObject } from '../../core/json.ts'
import type { MetricsView, ProfileDocument } from '../../core/profile/profile.ts'

const DAY = 86_400_000

interface Sale {
  gross: number
  currency: string
  orderedAt: number
}

interface Refund {
  amount: number | null
  currency: string
  at: number
  orderId: string | null
}

export interface Recount {
  metrics: Record<string, MetricsView>
  rolling: ProfileDocument['rolling']
  /** When a figure of a window next changes by itself; Infinity when none does. */
  nextChangeAt: number
}

/** What a person's figures are, counted from all events as simply as can be, at one instant. */
export function recount(log: readonly Event[], now: number, defaultCurrency: string): Recount {
  const inOrder = log.toSorted((a, b) => a.time - b.time || (a.key < b.key ? -1 : 1))
  const [sales, told] = [new Map<string, Sale>(), new Set<string>()]
  const refunds = new Map<string, Refund>()
  const activity = { views: [] as number[], carts: [] as number[] }
  for (const event of inOrder) {
    const meaning = commerceMeaning(event)
    const properties = event.body['properties']
    if (meaning === null || !isJsonObject(properties)) continue
    const { amount, currency } = orderAmount(properties, defaultCurrency)
    const orderId = propertyId(properties['order_id'])
    if (meaning === 'view' || meaning === 'cart') activity[`${meaning}s`].push(event.time)
    else if (meaning === 'order') {
      const id = orderId ?? event.key
      const sale = sales.get(id) ?? { gross: 0, currency, orderedAt: event.time }
      if (amount !== null || !told.has(id)) sales.set(id, { ...sale, gross: amount ?? 0, currency })
      if (amount !== null) told.add(id)
    } else {
      const refundId = propertyId(properties['refund_id'])
      const own = refundId !== null && (amount !== null || orderId === null)
      const id = own ? `refund ${refundId}` : `order ${orderId ?? event.key}`
      const paid = amount === null ? null : Math.abs(amount)
      refunds.set(id, { amount: paid, currency, at: event.time, orderId: own ? null : orderId })
    }
  }
  return figures(
    [...sales.values()],
    [...refunds.values()].map((each) => resolved(each, sales)),
    activity,
    now,
  )
}

function resolved({ amount, currency, at, orderId }: Refund, sales: ReadonlyMap<string, Sale>): Payment {
  const sale = orderId === null ? undefined : sales.get(orderId)
  if (amount !== null || !sale) return { amount: amount ?? 0, currency, at }
  return { amount: sale.gross, currency: sale.currency, at }
}

interface Payment {
  amount: number
  currency: string
  at: number
}

function figures(
  sales: readonly Sale[],
  refunds: readonly Payment[],
  activity: { views: number[]; carts: number[] },
  now: number,
): Recount {
  const metrics: Record<string, MetricsView> = {}
  for (const currency of new Set([...sales, ...refunds].map((each) => each.currency))) {
    const [mine, back] = [sales, refunds].map((list) => list.filter((each) => each.currency === currency))
    const at = (mine as Sale[]).map(({ orderedAt }) => orderedAt)
    metrics[currency] = {
      orders: at.length,
      grossRevenue: sum((mine as Sale[]).map(({ gross }) => gross)),
      refunded: sum((back as Payment[]).map(({ amount }) => amount)),
      firstOrderAt: at.length === 0 ? null : Math.min(...at),
      lastOrderAt: at.length === 0 ? null : Math.max(...at),
    }
  }
  const rolling: ProfileDocument['rolling'] = {}
  let nextChangeAt = Infinity
  for (const days of [7, 30, 90]) {
    const counts = (at: number): boolean => {
      if (at > now) nextChangeAt = Math.min(nextChangeAt, at)
      else if (at > now - days * DAY) nextChangeAt = Math.min(nextChangeAt, at + days * DAY)
      return now - days * DAY < at && at <= now
    }
    const made = sales.filter(({ orderedAt }) => counts(orderedAt))
    const paid = refunds.filter(({ at }) => counts(at))
    const orders: Record<string, number> = {}
    for (const { currency } of made) orders[currency] = (orders[currency] ?? 0) + 1
    const revenue: Record<string, number> = {}
    for (const { currency } of [...made, ...paid]) {
      const of = <T extends { currency: string }>(list: readonly T[]): T[] =>
        list.filter((each) => each.currency === currency)
      revenue[currency] ??= sum([
        ...of(made).map(({ gross }) => gross),
        ...of(paid).map(({ amount }) => -amount),
      ])
    }
    rolling[days] = {
      orders,
      revenue,
      views: activity.views.filter(counts).length,
      carts: activity.carts.filter(counts).length,
    }
  }
  return { metrics, rolling, nextChangeAt }
}

function sum(amounts: readonly number[]): number {
  const total = Number(amounts.reduce((all, amount) => all + BigInt(amount), 0n))
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, total))
}
