import { commerceMeaning } from '../events/commerce.ts'
import { purchaseOf, type PurchaseRef } from '../events/purchase.ts'
import type { DayFigures, ProfileState, Purchase, RollingView } from './profile.ts'
import { contributionsOf, joinPurchases } from './purchase.ts'
import { edgesNeeded, rollingView, type DayEdge } from './rolling.ts'
import { addContribution, DAY_MS, dayOf, emptyDay } from './settled.ts'
import type { LoggedEvent, TrailLog, TrailPart } from './trail-log.ts'

/** How many events of a day are read at a time. */
const PAGE = 500
/** After the key of every event of the same instant. */
const LAST_KEY = '~'

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
  const look = (event: LoggedEvent): void => {
    const { time } = event
    const ref = purchaseOf(event)?.ref
    const meaning = commerceMeaning(event)
    const activity = meaning === 'view' || meaning === 'cart'
    if (ref === undefined && !activity) return
    if (dayOf(time) !== dayOf(instant)) return
    if (time > instant) nextAt = Math.min(nextAt ?? time, time)
    else if (ref !== undefined) refs.add(ref)
    else passed[meaning === 'view' ? 'views' : 'carts']++
  }
  for (const event of await log.unmarked(trails)) look(event)
  await readDay(trails, instant, log, look, () => nextAt !== null)

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

/** Reads the day of the instant from its beginning, until `enough` is known of what is after the instant. */
async function readDay(
  trails: readonly TrailPart[],
  instant: number,
  log: TrailLog,
  look: (event: LoggedEvent) => void,
  enough: () => boolean,
): Promise<void> {
  const begin = { time: dayOf(instant) * DAY_MS - 1, key: LAST_KEY }
  let reading = trails.map((trail) => ({ trail, after: begin }))
  while (reading.length > 0) {
    const pages = await log.eventsAfter(
      reading.map(({ trail, after }) => ({ trail: trail.id, after })),
      PAGE,
    )
    reading = reading.flatMap(({ trail }, i) => {
      const page = pages[i] ?? []
      for (const event of page) if ((event.trailVersion ?? 0) <= trail.version) look(event)
      const last = page.at(-1)
      const over = !last || page.length < PAGE || dayOf(last.time) > dayOf(instant)
      if (over || (last.time > instant && enough())) return []
      return [{ trail, after: { time: last.time, key: last.key } }]
    })
  }
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
