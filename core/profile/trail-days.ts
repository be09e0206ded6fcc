import { commerceMeaning } from '../events/commerce.ts'
import type { TrailId } from '../events/event.ts'
import { purchaseOf, type PurchaseRef } from '../events/purchase.ts'
import { DAY_MS, dayOf } from './settled.ts'
import type { LoggedEvent, TrailLogReads, TrailPart } from './trail-log.ts'

/** What a trail's folded events of one day are about, as far as rolling figures go: each list in order of time. */
export interface TrailDay {
  views: number[]
  carts: number[]
  purchases: { at: number; ref: PurchaseRef }[]
}

/** What these trails hold of a day (whole days since 1970, UTC), but for events whose rows are not marked yet. */
export type TrailDays = (trails: readonly TrailPart[], day: number) => Promise<TrailDay[]>

interface KnownDay {
  day: TrailDay
  /** How many events the trail has on that day: while it has as many, they are the same ones. */
  events: number
  /** The version that carries the last of them. */
  version: number
}

/** How many events of a day are read at a time. */
const PAGE = 500
/** Events that are remembered of all days together: 2 MB of views, or at most some 25 MB of orders. */
const MAX_KNOWN_EVENTS = 200_000
/** After the key of every event of the same instant. */
const LAST_KEY = '~'

/**
 * Remembers the days it has read. A row never changes once its event is folded, and none of a day that a window begins
 * on is ever deleted, so a day is known for as long as it has as many events: that is counted in an index.
 */
export function createTrailDays(
  events: Pick<TrailLogReads['events'], 'countBetween' | 'readFolded'>,
): TrailDays {
  const known = new Map<string, KnownDay>()
  let knownEvents = 0

  return async (trails, day) => {
    const from = day * DAY_MS
    const counts = await events.countBetween(
      trails.map(({ id }) => ({ trail: id, from, before: from + DAY_MS })),
    )
    const found = trails.map((trail, i) => recall(trail, day, counts[i] ?? 0))
    const missing = trails.filter((_, i) => !found[i])
    const read = missing.length > 0 ? await readDays(missing, day) : []
    missing.forEach((trail, i) => {
      const logged = read[i] ?? []
      const count = counts[trails.indexOf(trail)] ?? 0
      if (logged.length === count) remember(idOf(trail.id, day), logged)
    })
    return trails.map((trail, i) => {
      return found[i] ?? dayFrom((read[missing.indexOf(trail)] ?? []).filter((event) => isHeld(event, trail)))
    })
  }

  function recall({ id, version }: TrailPart, day: number, events: number): TrailDay | null {
    const key = idOf(id, day)
    const entry = known.get(key)
    if (!entry || entry.events !== events || entry.version > version) return null
    known.delete(key)
    known.set(key, entry)
    return entry.day
  }

  function remember(key: string, logged: readonly LoggedEvent[]): void {
    forget(key)
    if (logged.length > MAX_KNOWN_EVENTS) return
    const version = logged.reduce((last, { trailVersion }) => Math.max(last, trailVersion ?? 0), 0)
    known.set(key, { day: dayFrom(logged), events: logged.length, version })
    knownEvents += logged.length
    for (const oldest of known.keys()) {
      if (knownEvents <= MAX_KNOWN_EVENTS) return
      forget(oldest)
    }
  }

  function forget(key: string): void {
    knownEvents -= known.get(key)?.events ?? 0
    known.delete(key)
  }

  /** All folded events of the day, of each trail. */
  async function readDays(trails: readonly TrailPart[], day: number): Promise<LoggedEvent[][]> {
    const found = trails.map((): LoggedEvent[] => [])
    let reading = trails.map(({ id }, i) => {
      return { trail: id, aboveVersion: 0, after: { time: day * DAY_MS - 1, key: LAST_KEY }, i }
    })
    while (reading.length > 0) {
      const pages = await events.readFolded(reading, PAGE)
      reading = reading.flatMap((query, at) => {
        const page = pages[at] ?? []
        for (const event of page) if (dayOf(event.time) === day) found[query.i]?.push(event)
        const last = page.at(-1)
        if (!last || page.length < PAGE || dayOf(last.time) > day) return []
        return [{ ...query, after: { time: last.time, key: last.key } }]
      })
    }
    return found
  }
}

function dayFrom(logged: readonly LoggedEvent[]): TrailDay {
  const day: TrailDay = { views: [], carts: [], purchases: [] }
  for (const event of logged) {
    const ref = purchaseOf(event)?.ref
    const meaning = commerceMeaning(event)
    if (ref !== undefined) day.purchases.push({ at: event.time, ref })
    else if (meaning === 'view') day.views.push(event.time)
    else if (meaning === 'cart') day.carts.push(event.time)
  }
  return day
}

function isHeld({ trailVersion }: LoggedEvent, { version }: TrailPart): boolean {
  return (trailVersion ?? 0) <= version
}

function idOf(trail: TrailId, day: number): string {
  return `${trail} ${day}`
}
