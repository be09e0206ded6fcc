import { commerceMeaning } from '../events/commerce.ts'
import { purchaseOf, type PurchaseRef } from '../events/purchase.ts'
import type { DayFigures, ProfileState, Purchase, RollingView } from './profile.ts'
import { contributionsOf, joinPurchases } from './purchase.ts'
import { edgesNeeded, rollingView, type DayEdge } from './rolling.ts'
import { addContribution, dayOf, emptyDay } from './settled.ts'
import type { TrailLog, TrailPart } from './trail-log.ts'

/** Purchases that are looked up at a time. */
const PAGE = 500

/**
 * The rolling figures at the instant `now` of a state that these trails make up. Where the edge of a window falls on a
 * day of which figures are settled, the events of that day say which of them count: up to all of the person's events of
 * three days are read, page by page.
 */
export async function rollingOfTrails(
  state: ProfileState,
  trails: readonly TrailPart[],
  now: number,
  log: TrailLog,
): Promise<RollingView> {
  const edges = new Map<number, DayEdge>()
  for (const instant of edgesNeeded(state, now)) {
    edges.set(instant, await readEdge(state, trails, instant, log))
  }
  return rollingView(state, now, edges)
}

async function readEdge(
  state: ProfileState,
  trails: readonly TrailPart[],
  instant: number,
  log: TrailLog,
): Promise<DayEdge> {
  const passed = emptyDay()
  const refs = new Set<PurchaseRef>()
  let nextAt: number | null = null
  const comes = (time: number): boolean => {
    if (time > instant) nextAt = Math.min(nextAt ?? time, time)
    return time > instant
  }
  for (const event of await log.unmarked(trails)) {
    const ref = purchaseOf(event)?.ref
    const meaning = commerceMeaning(event)
    const activity = meaning === 'view' || meaning === 'cart'
    if ((ref === undefined && !activity) || dayOf(event.time) !== dayOf(instant) || comes(event.time))
      continue
    if (ref !== undefined) refs.add(ref)
    else passed[meaning === 'view' ? 'views' : 'carts']++
  }
  for (const day of await log.days(trails, dayOf(instant))) {
    for (const what of ['views', 'carts'] as const) {
      const before = countUpTo(day[what], instant)
      passed[what] += before
      const next = day[what][before]
      if (next !== undefined) comes(next)
    }
    for (const { at, ref } of day.purchases) {
      if (comes(at)) break
      refs.add(ref)
    }
  }

  // What is kept one by one is not settled.
  passed.views -= keptUpTo(state.views, instant)
  passed.carts -= keptUpTo(state.carts, instant)
  const settled = [...refs].filter((ref) => !Object.hasOwn(state.purchases, ref))
  for (let i = 0; i < settled.length; i += PAGE) {
    for (const purchase of await wholePurchases(settled.slice(i, i + PAGE), trails, log)) {
      addPassed(passed, purchase, instant, state)
    }
  }
  return { passed, nextAt }
}

/** How many of these, in order of time, are at or before the instant. */
function countUpTo(times: readonly number[], instant: number): number {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? Infinity) <= instant) low = middle + 1
    else high = middle
  }
  return low
}

/** What all trails together know of each. */
async function wholePurchases(
  refs: readonly PurchaseRef[],
  trails: readonly TrailPart[],
  log: TrailLog,
): Promise<Purchase[]> {
  const asked = refs.flatMap((ref) => trails.map((trail) => ({ trail, ref })))
  const whole = new Map<PurchaseRef, Purchase>()
  const found = await log.purchasesOf(asked)
  asked.forEach(({ ref }, i) => {
    const [present, part] = [whole.get(ref), found[i]]
    if (part) whole.set(ref, present ? joinPurchases(present, part) : part)
  })
  return [...whole.values()]
}

function addPassed(passed: DayFigures, purchase: Purchase, instant: number, state: ProfileState): void {
  for (const part of contributionsOf(purchase)) {
    if (dayOf(part.at) !== dayOf(instant) || part.at > instant) continue
    if (Object.hasOwn(state.currencies, part.currency)) addContribution(passed.sums, part, 1)
  }
}

function keptUpTo(times: readonly number[], instant: number): number {
  return times.filter((at) => dayOf(at) === dayOf(instant) && at <= instant).length
}
