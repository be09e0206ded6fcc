import { newestEvents, newestProducts, newestTimes } from './newest.ts'
import type { OrderState, ProfileState, RefundState, TraitState } from './profile.ts'

/** How many products of each sort, and how many events, a state remembers. */
export const PRODUCTS_KEPT = 50
export const RECENT_KEPT = 50
/** How many times of one activity: rolling counts are exact up to it. */
export const ACTIVITY_KEPT = 1_000

/** A state under construction: the functions below change it in place, each as a join. */
export type Draft = ProfileState

/** A copy to be changed in place. The values in it are shared, and replaced, never changed. */
export function draftOf(state: ProfileState): Draft {
  return {
    ...state,
    traits: dictionary(state.traits),
    orders: dictionary(state.orders),
    refunds: dictionary(state.refunds),
    bought: dictionary(state.bought),
    viewed: dictionary(state.viewed),
    views: [...state.views],
    carts: [...state.carts],
    recent: [...state.recent],
  }
}

/** The state that a draft has become. */
export function finish(draft: Draft): ProfileState {
  draft.bought = keepNewest(draft.bought)
  draft.viewed = keepNewest(draft.viewed)
  draft.views = newestTimes(draft.views, ACTIVITY_KEPT)
  draft.carts = newestTimes(draft.carts, ACTIVITY_KEPT)
  draft.recent = newestEvents(draft.recent, RECENT_KEPT)
  return draft
}

function keepNewest(touched: Record<string, number>): Record<string, number> {
  if (Object.keys(touched).length <= PRODUCTS_KEPT) return touched
  const kept = dictionary<number>({})
  for (const { productId, at } of newestProducts(touched, PRODUCTS_KEPT)) kept[productId] = at
  return kept
}

/** Objects without a prototype: their keys are what users sent, and `constructor` is a key like any other. */
export function dictionary<T>(entries: Record<string, T>): Record<string, T> {
  const empty: Record<string, T> = Object.create(null)
  return Object.assign(empty, entries)
}

export function see(draft: Draft, at: number): void {
  draft.firstSeenAt = Math.min(draft.firstSeenAt ?? at, at)
  draft.lastSeenAt = Math.max(draft.lastSeenAt ?? at, at)
}

export function touch(touched: Record<string, number>, id: string, at: number): void {
  touched[id] = Math.max(touched[id] ?? at, at)
}

export function joinTrait(draft: Draft, field: string, trait: TraitState): void {
  draft.traits[field] = lastWriter(draft.traits[field], trait)
}

export function joinRefund(draft: Draft, id: string, refund: RefundState): void {
  draft.refunds[id] = lastWriter(draft.refunds[id], refund)
}

export function joinOrder(draft: Draft, id: string, order: OrderState): void {
  const present = draft.orders[id]
  const last = lastWriter(present, order)
  const orderedAt = Math.min(present?.orderedAt ?? order.orderedAt, order.orderedAt)
  draft.orders[id] = orderedAt === last.orderedAt ? last : { ...last, orderedAt }
}

/** The later by (time, event key): no two events have the same key. */
function lastWriter<T extends { at: number; key: string }>(present: T | undefined, next: T): T {
  if (present === undefined || next.at > present.at) return next
  return next.at === present.at && next.key > present.key ? next : present
}
