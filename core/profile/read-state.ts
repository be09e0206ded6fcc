import { dictionary, joinPurchase, tellCurrency } from './draft.ts'
import type { ProfileState } from './profile.ts'
import { emptyState } from './state.ts'

/**
 * A state as it was stored, by this fold or an older one: what that did not know is read as empty. Until version 3
 * orders and refunds stood by themselves; they are the same purchases, and the trail is folded anew when its next event
 * comes.
 */
export function readState(stored: Partial<ProfileState>): ProfileState {
  if (stored.purchases !== undefined) return { ...emptyState(), ...stored }
  const { orders = {}, refunds = {}, ...rest } = stored as EarlierState
  const state: ProfileState = { ...emptyState(), ...rest, purchases: dictionary({}) }
  for (const [id, { gross, currency, orderedAt, at, key }] of Object.entries(orders)) {
    const order = { gross: at < 0 ? null : gross, currency, orderedAt, at: Math.max(at, orderedAt), key }
    joinPurchase(state, `o:${id}`, { order, heardAt: order.at })
    tellCurrency(state, currency, orderedAt, orderedAt)
  }
  for (const [id, { amount, currency, at, key, orderId }] of Object.entries(refunds)) {
    const ref = amount === null ? `o:${orderId ?? id}` : `r:${id}`
    joinPurchase(state, ref, { refund: { amount, currency, at, key }, heardAt: at })
    tellCurrency(state, currency, null, null)
  }
  return state
}

type EarlierState = Partial<ProfileState> & {
  orders?: Record<string, { gross: number; currency: string; orderedAt: number; at: number; key: string }>
  refunds?: Record<
    string,
    { amount: number | null; currency: string; at: number; key: string; orderId?: string }
  >
}
