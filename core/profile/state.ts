import type { Event } from '../events/event.ts'
import { normalisedEvent } from '../normalise/normalised-event.ts'
import {
  dictionary,
  draftOf,
  finish,
  joinOrder,
  joinRefund,
  joinTrait,
  see,
  touch,
  type Draft,
} from './draft.ts'
import { foldEvent } from './fold-event.ts'
import type { ProfileState } from './profile.ts'

export function emptyState(): ProfileState {
  return {
    events: 0,
    firstSeenAt: null,
    lastSeenAt: null,
    traits: dictionary({}),
    orders: dictionary({}),
    refunds: dictionary({}),
    bought: dictionary({}),
    viewed: dictionary({}),
    views: [],
    carts: [],
    recent: [],
  }
}

/**
 * The state with these events in it, which must not be in it already. Equals `combineStates` of the state and of the
 * events folded alone. `currency` (ISO 4217) is that of amounts that come without one.
 */
export function foldEvents(
  state: ProfileState,
  events: readonly Event[],
  options: { currency: string },
): ProfileState {
  const draft = draftOf(state)
  for (const event of events) foldEvent(draft, normalisedEvent(event), options.currency)
  return finish(draft)
}

/** What is known from all of these states together, which must be of different events. */
export function combineStates(states: readonly ProfileState[]): ProfileState {
  const [first, ...rest] = states
  if (first === undefined) return emptyState()
  if (rest.length === 0) return first
  const draft = draftOf(first)
  for (const state of rest) join(draft, state)
  return finish(draft)
}

function join(draft: Draft, state: ProfileState): void {
  draft.events += state.events
  if (state.firstSeenAt !== null) see(draft, state.firstSeenAt)
  if (state.lastSeenAt !== null) see(draft, state.lastSeenAt)
  for (const [field, trait] of Object.entries(state.traits)) joinTrait(draft, field, trait)
  for (const [id, order] of Object.entries(state.orders)) joinOrder(draft, id, order)
  for (const [id, refund] of Object.entries(state.refunds)) joinRefund(draft, id, refund)
  for (const [id, at] of Object.entries(state.bought)) touch(draft.bought, id, at)
  for (const [id, at] of Object.entries(state.viewed)) touch(draft.viewed, id, at)
  draft.views.push(...state.views)
  draft.carts.push(...state.carts)
  draft.recent.push(...state.recent)
}
