import type { PurchaseRef } from '../events/purchase.ts'
import {
  limitCurrencies,
  limitTraits,
  MAX_TRAIT_CHARS,
  MAX_TRAIT_NAME_CHARS,
  PRODUCTS_KEPT,
  RECENT_KEPT,
} from './limits.ts'
import { compareText, newestEvents, newestProducts, newestTimes } from './newest.ts'
import type { ProfileState, Purchase, StateLimits, TraitState } from './profile.ts'
import { joinPurchases, lastWriter } from './purchase.ts'
import { pruneSettled, settle, settleActivity } from './settled.ts'

/** A state under construction: the functions below change it in place, each as a join. */
export type Draft = ProfileState

/** A copy to be changed in place. The values in it are shared, and replaced, never changed. */
export function draftOf(state: ProfileState): Draft {
  const { purchases, sums, days } = state.settled
  return {
    ...state,
    traits: dictionary(state.traits),
    purchases: dictionary(state.purchases),
    currencies: { ...state.currencies },
    settled: { purchases, sums: { ...sums }, days: { ...days } },
    bought: dictionary(state.bought),
    viewed: dictionary(state.viewed),
    views: [...state.views],
    carts: [...state.carts],
    recent: [...state.recent],
  }
}

/** The state that a draft has become, within the limits. */
export function finish(draft: Draft, limits: StateLimits): ProfileState {
  limitTraits(draft, limits.traits)
  limitCurrencies(draft, limits.currencies)
  limitPurchases(draft, limits.purchases)
  limitActivity(draft, 'views', limits.activity)
  limitActivity(draft, 'carts', limits.activity)
  pruneSettled(draft)
  draft.bought = keepNewest(draft.bought)
  draft.viewed = keepNewest(draft.viewed)
  draft.recent = newestEvents(draft.recent, RECENT_KEPT)
  return draft
}

/** Those heard of last stay, the others become sums. */
function limitPurchases(draft: Draft, limit: number): void {
  const all = Object.entries(draft.purchases)
  if (all.length <= limit) return
  all.sort(([x, a], [y, b]) => b.heardAt - a.heardAt || compareText(x, y))
  for (const [ref, purchase] of all.slice(limit)) {
    settle(draft, purchase, 1)
    delete draft.purchases[ref]
  }
}

function limitActivity(draft: Draft, activity: 'views' | 'carts', limit: number): void {
  const times = newestTimes(draft[activity], Infinity)
  for (const at of times.slice(limit)) settleActivity(draft, activity, at)
  draft[activity] = times.slice(0, limit)
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
  const present = draft.traits[field]
  draft.traits[field] = present === undefined ? trait : lastWriter(present, trait)
}

/** One that is too long to be kept is known to have been said. */
export function sayTrait(draft: Draft, field: string, trait: TraitState): void {
  if (field.length > MAX_TRAIT_NAME_CHARS) {
    draft.omitted = { ...draft.omitted, traits: true }
    return
  }
  const chars = charsOf(trait)
  joinTrait(draft, field, chars > MAX_TRAIT_CHARS ? { ...trait, value: null, chars } : trait)
}

function charsOf({ value }: TraitState): number {
  if (typeof value === 'string') return value.length + 2
  return typeof value === 'object' && value !== null ? JSON.stringify(value).length : 1
}

export function joinPurchase(draft: Draft, ref: PurchaseRef, purchase: Purchase): void {
  const present = draft.purchases[ref]
  draft.purchases[ref] = present === undefined ? purchase : joinPurchases(present, purchase)
}

/** Notes when order events in this currency happened, at the earliest, and those that made one, at the latest. */
export function tellCurrency(
  draft: Draft,
  currency: string,
  first: number | null,
  last: number | null,
): void {
  const present = draft.currencies[currency]
  draft.currencies[currency] = {
    first: earliest(present?.first ?? null, first),
    last: latest(present?.last ?? null, last),
  }
}

function earliest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.min(a, b)
}

function latest(a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : Math.max(a, b)
}
