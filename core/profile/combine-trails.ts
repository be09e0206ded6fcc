import type { TrailId } from '../events/event.ts'
import type { PurchaseRef } from '../events/purchase.ts'
import type { ProfileState, Purchase, StateLimits } from './profile.ts'
import { combineStates, recallPurchases } from './state.ts'
import type { TrailLog, TrailPart } from './trail-log.ts'

/**
 * Of each trail but the one with most: how many purchases are compared with those that the others have settled. Two
 * trails that share more count what goes beyond twice.
 */
export const MAX_COMPARED = 5_000

/**
 * What is known from all trails together. A purchase that several of them know counts once, also where one has settled
 * it: that is looked up, which only persons need who have more purchases under one identity than are kept, and others
 * under another one.
 */
export async function combineTrails(
  trails: readonly TrailPart[],
  log: TrailLog,
  limits: StateLimits,
): Promise<ProfileState> {
  const settled = trails.filter(({ state }) => state.settled.purchases > 0)
  const states = trails.map(({ state }) => state)
  if (settled.length === 0 || trails.length === 1) return combineStates(states, limits)

  const refs = await sharedRefs(trails, settled, log)
  const asked = settled.flatMap((trail) =>
    refs.filter((ref) => !Object.hasOwn(trail.state.purchases, ref)).map((ref) => ({ trail, ref })),
  )
  const found = await log.purchasesOf(asked)
  const knownBy = new Map(refs.map((ref) => [ref, keepersOf(ref, trails)]))
  asked.forEach(({ ref }, i) => {
    if (found[i]) knownBy.set(ref, (knownBy.get(ref) ?? 0) + 1)
  })
  const recalled = new Map<TrailId, Map<PurchaseRef, Purchase>>(settled.map(({ id }) => [id, new Map()]))
  asked.forEach(({ trail, ref }, i) => {
    const purchase = found[i]
    if (purchase && (knownBy.get(ref) ?? 0) > 1) recalled.get(trail.id)?.set(ref, purchase)
  })
  const whole = trails.map(({ id, state }) => recallPurchases(state, recalled.get(id) ?? new Map()))
  return combineStates(whole, limits)
}

function keepersOf(ref: PurchaseRef, trails: readonly TrailPart[]): number {
  return trails.filter(({ state }) => Object.hasOwn(state.purchases, ref)).length
}

/** Every purchase that one trail has settled and another knows; with others, which are found to be known by one alone. */
async function sharedRefs(
  trails: readonly TrailPart[],
  settled: readonly TrailPart[],
  log: TrailLog,
): Promise<PurchaseRef[]> {
  const most = settled.reduce((a, b) => (a.state.settled.purchases >= b.state.settled.purchases ? a : b))
  const refs = new Set(trails.flatMap(({ state }) => Object.keys(state.purchases)))
  for (const { id } of settled) {
    if (id === most.id) continue
    for (const ref of await log.refsOf(id, MAX_COMPARED)) refs.add(ref)
  }
  return [...refs]
}
