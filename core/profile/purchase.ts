import type { OrderState, Purchase, RefundState } from './profile.ts'

/** What both know of one purchase, together. */
export function joinPurchases(a: Purchase, b: Purchase): Purchase {
  const order = joinOrders(a.order, b.order)
  const refund = joinRefunds(a.refund, b.refund)
  return {
    ...(order !== undefined && { order }),
    ...(refund !== undefined && { refund }),
    heardAt: Math.max(a.heardAt, b.heardAt),
  }
}

/** What a purchase adds to the figures, at which time. A refund counts by itself; it is taken off in no place here. */
export interface Contribution {
  currency: string
  at: number
  orders: number
  gross: number
  refunds: number
  refunded: number
}

export function contributionsOf(purchase: Purchase): Contribution[] {
  const { order, refund } = purchase
  const list: Contribution[] = []
  if (order) {
    const { currency, orderedAt: at, gross } = order
    list.push({ currency, at, orders: 1, gross: gross ?? 0, refunds: 0, refunded: 0 })
  }
  if (refund) {
    const { amount, currency } = refundedOf(refund, order)
    list.push({ currency, at: refund.at, orders: 0, gross: 0, refunds: 1, refunded: amount })
  }
  return list
}

/**
 * A refund that told no amount takes back the whole of its order. That is decided here and not in the fold, which may
 * see the refund first, or in another trail than the order. Nothing while the order is not known.
 */
function refundedOf(
  refund: RefundState,
  order: OrderState | undefined,
): { amount: number; currency: string } {
  const { amount, currency } = refund
  if (amount !== null) return { amount, currency }
  return order ? { amount: order.gross ?? 0, currency: order.currency } : { amount: 0, currency }
}

/** An event that told an amount goes before those that told none. */
function joinOrders(a: OrderState | undefined, b: OrderState | undefined): OrderState | undefined {
  if (a === undefined || b === undefined) return a ?? b
  const last = (a.gross === null) === (b.gross === null) ? lastWriter(a, b) : a.gross === null ? b : a
  const orderedAt = Math.min(a.orderedAt, b.orderedAt)
  return orderedAt === last.orderedAt ? last : { ...last, orderedAt }
}

function joinRefunds(a: RefundState | undefined, b: RefundState | undefined): RefundState | undefined {
  return a === undefined || b === undefined ? (a ?? b) : lastWriter(a, b)
}

/** The later by (time, event key): no two events have the same key. */
export function lastWriter<T extends { at: number; key: string }>(present: T, next: T): T {
  if (next.at !== present.at) return next.at > present.at ? next : present
  return next.key > present.key ? next : present
}
