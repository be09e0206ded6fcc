import type { Event } from '../events/event.ts'
import { purchaseOf, type PurchaseRef } from '../events/purchase.ts'
import { normalisedEvent } from '../normalise/normalised-event.ts'
import {
  dictionary,
  draftOf,
  finish,
  joinPurchase,
  joinTrait,
  see,
  tellCurrency,
  touch,
  type Draft,
} from './draft.ts'
import { foldEvent } from './fold-event.ts'
import { STATE_LIMITS } from './limits.ts'
import type { ProfileState, Purchase, StateLimits } from './profile.ts'
import { joinSettled, settle } from './settled.ts'

export function emptyState(): ProfileState {
  return {
    events: 0,
    firstSeenAt: null,
    lastSeenAt: null,
    traits: dictionary({}),
    purchases: dictionary({}),
    currencies: {},
    settled: { purchases: 0, sums: {}, days: {} },
    bought: dictionary({}),
    viewed: dictionary({}),
    views: [],
    carts: [],
    recent: [],
    omitted: { traits: false, currencies: false },
  }
}

/**
 * The state with these events in it, which must not be in it already. Equals `combineStates` of the state and of the
 * events folded alone. `currency` (ISO 4217) is that of amounts that come without one.
 *
 * Purchases that the events name and that the state has settled must have been recalled: `unkeptPurchases` tells them.
 */
export function foldEvents(
  state: ProfileState,
  events: readonly Event[],
  options: { currency: string; limits?: StateLimits },
): ProfileState {
  const draft = draftOf(state)
  for (const event of events) foldEvent(draft, normalisedEvent(event), purchaseOf(event), options.currency)
  return finish(draft, options.limits ?? STATE_LIMITS)
}

/**
 * What is known from all of these states together, which must be of different events. A purchase that one of them has
 * settled and another knows as well must have been recalled in the first.
 */
export function combineStates(
  states: readonly ProfileState[],
  limits: StateLimits = STATE_LIMITS,
): ProfileState {
  const [first, ...rest] = states
  if (first === undefined) return emptyState()
  if (rest.length === 0) return first
  const draft = draftOf(first)
  for (const state of rest) join(draft, state)
  return finish(draft, limits)
}

/**
 * The purchases that these events name and that the state may have settled: it keeps them not one by one, and has
 * settled some. Each that it has settled must be recalled before the events are folded.
 */
export function unkeptPurchases(state: ProfileState, events: readonly Event[]): PurchaseRef[] {
  if (state.settled.purchases === 0) return []
  const refs = new Set(events.flatMap((event) => purchaseOf(event)?.ref ?? []))
  return [...refs].filter((ref) => !Object.hasOwn(state.purchases, ref))
}

/**
 * The same state with these purchases, which it has settled, kept one by one again, above its limits: to be folded or
 * combined next. Each must be as all events about it that are in the state tell it.
 */
export function recallPurchases(
  state: ProfileState,
  recalled: ReadonlyMap<PurchaseRef, Purchase>,
): ProfileState {
  if (recalled.size === 0) return state
  const draft = draftOf(state)
  for (const [ref, purchase] of recalled) {
    settle(draft, purchase, -1)
    draft.purchases[ref] = purchase
  }
  return draft
}

function join(draft: Draft, state: ProfileState): void {
  draft.events += state.events
  if (state.firstSeenAt !== null) see(draft, state.firstSeenAt)
  if (state.lastSeenAt !== null) see(draft, state.lastSeenAt)
  for (const [field, trait] of Object.entries(state.traits)) joinTrait(draft, field, trait)
  for (const [ref, purchase] of Object.entries(state.purchases)) joinPurchase(draft, ref, purchase)
  for (const [code, { first, last }] of Object.entries(state.currencies))
    tellCurrency(draft, code, first, last)
  joinSettled(draft, state.settled)
  for (const [id, at] of Object.entries(state.bought)) touch(draft.bought, id, at)
  for (const [id, at] of Object.entries(state.viewed)) touch(draft.viewed, id, at)
  draft.views.push(...state.views)
  draft.carts.push(...state.carts)
  draft.recent.push(...state.recent)
  const { traits, currencies } = state.omitted
  draft.omitted = {
    traits: draft.omitted.traits || traits,
    currencies: draft.omitted.currencies || currencies,
  }
}
