import type { Event, EventKey, TrailId } from '../core/events/event.ts'
import type { PurchaseRef } from '../core/events/purchase.ts'
import type { ProfileState, Purchase } from '../core/profile/profile.ts'
import { recallPurchases, unkeptPurchases } from '../core/profile/state.ts'
import type { Held, TrailLog } from '../core/profile/trail-log.ts'

/** A state that is about to take in these events, and which events of its trail it is made of. */
export interface Recall {
  trail: TrailId
  state: ProfileState
  events: readonly Event[]
  held: readonly Held[]
  /** Keys of events that the state does not hold, whatever `held` says. */
  except: readonly EventKey[]
}

/**
 * The states with those purchases kept one by one again that they have settled and that their events name. Nothing is
 * read for a state that has settled none, or whose events name only what it keeps.
 */
export async function recallSettled(recalls: readonly Recall[], log: TrailLog): Promise<ProfileState[]> {
  const asked = recalls.flatMap((recall, index) =>
    unkeptPurchases(recall.state, recall.events).map((ref) => ({ ref, recall, index })),
  )
  if (asked.length === 0) return recalls.map(({ state }) => state)
  const found = await log.purchases(
    asked.map(({ ref, recall: { trail, held, except } }) => ({ trail, ref, held, except })),
  )
  const known = recalls.map(() => new Map<PurchaseRef, Purchase>())
  asked.forEach(({ ref, index }, i) => {
    const purchase = found[i]
    if (purchase) known[index]?.set(ref, purchase)
  })
  return recalls.map(({ state }, i) => recallPurchases(state, known[i] ?? new Map()))
}
