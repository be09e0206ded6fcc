import type { MetricsView, OrderState, ProfileState, RefundState } from './profile.ts'

/** The figures of each currency by itself: amounts of different currencies are never added up. */
export function metricsByCurrency(state: ProfileState): Record<string, MetricsView> {
  const metrics: Record<string, MetricsView> = {}
  for (const order of Object.values(state.orders)) addOrder(metricsOf(metrics, order.currency), order)
  for (const refund of Object.values(state.refunds)) {
    const { amount, currency } = resolveRefund(refund, state.orders)
    const figures = metricsOf(metrics, currency)
    figures.refunded = safeSum(figures.refunded, amount)
  }
  return metrics
}

function metricsOf(metrics: Record<string, MetricsView>, currency: string): MetricsView {
  return (metrics[currency] ??= {
    orders: 0,
    grossRevenue: 0,
    refunded: 0,
    firstOrderAt: null,
    lastOrderAt: null,
  })
}

function addOrder(figures: MetricsView, order: OrderState): void {
  figures.orders += 1
  figures.grossRevenue = safeSum(figures.grossRevenue, order.gross)
  figures.firstOrderAt = Math.min(figures.firstOrderAt ?? order.orderedAt, order.orderedAt)
  figures.lastOrderAt = Math.max(figures.lastOrderAt ?? order.orderedAt, order.orderedAt)
}

/**
 * A refund that told no amount takes back the whole of its order. That is decided here and not in the fold, which may
 * see the refund first, or in another trail than the order. Nothing while the order is not known.
 */
export function resolveRefund(
  refund: RefundState,
  orders: Record<string, OrderState>,
): { amount: number; currency: string } {
  const { amount, currency, orderId } = refund
  if (amount !== null) return { amount, currency }
  const named = orderId !== undefined && Object.hasOwn(orders, orderId) ? orders[orderId] : undefined
  return named === undefined ? { amount: 0, currency } : { amount: named.gross, currency: named.currency }
}

/** What the graph can carry; sums beyond it stand at the edge. */
function safeSum(a: number, b: number): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, a + b))
}
