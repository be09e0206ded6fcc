import type { Event, EventKey, TrailId } from '../events/event.ts'
import { purchaseOf, type PurchaseRef } from '../events/purchase.ts'
import type { ProfileState, Purchase } from './profile.ts'
import { joinPurchases } from './purchase.ts'
import { emptyState, foldEvents } from './state.ts'
import { createTrailDays, type TrailDays } from './trail-days.ts'

/** A trail as far as its figures go. */
export interface TrailPart {
  id: TrailId
  version: number
  state: ProfileState
  applied: readonly { key: EventKey; parked?: string }[]
}

export interface LoggedEvent extends Event {
  state: 'pending' | 'folded' | 'parked'
  trailVersion: number | null
}

/**
 * Which folded events of a trail are about a purchase: those of which one of `held` says that they are in the state that
 * is asked for. Those of `except` (at most 64 keys) are left out.
 */
export interface PurchaseQuery {
  trail: TrailId
  ref: PurchaseRef
  /** At most three. */
  held: readonly Held[]
  except: readonly EventKey[]
}

/** Events that versions of the trail up to this one carry, all of them or those that stand before a position. */
export interface Held {
  version: number
  before: { time: number; key: EventKey } | null
}

/** What is asked of the log: the event store's own reads, and those of what is left of deleted events. */
export interface TrailLogReads {
  events: {
    readPurchases(queries: readonly PurchaseQuery[]): Promise<LoggedEvent[][]>
    listPurchases(trail: TrailId, after: PurchaseRef | null, limit: number): Promise<PurchaseRef[]>
    readFolded(
      queries: readonly {
        trail: TrailId
        aboveVersion: number
        after: { time: number; key: EventKey } | null
      }[],
      limit: number,
    ): Promise<LoggedEvent[][]>
    countBetween(ranges: readonly { trail: TrailId; from: number; before: number }[]): Promise<number[]>
    get(keys: readonly EventKey[]): Promise<LoggedEvent[]>
  }
  sealedPurchases: {
    get(
      purchases: readonly { trail: TrailId; ref: PurchaseRef }[],
    ): Promise<{ trail: TrailId; ref: PurchaseRef; purchase: Purchase }[]>
    list(trail: TrailId, after: PurchaseRef | null, limit: number): Promise<PurchaseRef[]>
  }
}

/** Finds in the log what states keep no more. */
export interface TrailLog {
  /** For each query what the purchase amounts to; null when no event is about it. */
  purchases(queries: readonly PurchaseQuery[]): Promise<(Purchase | null)[]>
  /** The same for a trail as it is written, whether or not the rows of its applied entries are marked. */
  purchasesOf(asked: readonly { trail: TrailPart; ref: PurchaseRef }[]): Promise<(Purchase | null)[]>
  /** The purchases of a trail, in order of ref, at most `limit`. */
  refsOf(trail: TrailId, limit: number): Promise<PurchaseRef[]>
  /** What the trails hold of a day, but for what `unmarked` tells. */
  days: TrailDays
  /** Events of the trails' applied entries whose rows are not marked yet. */
  unmarked(trails: readonly TrailPart[]): Promise<LoggedEvent[]>
}

/** One for as long as the store is open: it remembers days. `currency` (ISO 4217) is that of amounts that come without one. */
export function createTrailLog({ events, sealedPurchases }: TrailLogReads, currency: string): TrailLog {
  return {
    purchases: (queries) => purchases(queries, () => []),
    async purchasesOf(asked) {
      const waiting = await unmarked([...new Map(asked.map(({ trail }) => [trail.id, trail])).values()])
      const queries = asked.map(({ trail: { id, version }, ref }) => {
        return { trail: id, ref, held: [{ version, before: null }], except: [] }
      })
      return purchases(queries, ({ trail, ref }) =>
        waiting.filter((event) => event.trailId === trail && purchaseOf(event)?.ref === ref),
      )
    },
    async refsOf(trail, limit) {
      const listed = await events.listPurchases(trail, null, limit)
      const sealed = await sealedPurchases.list(trail, null, limit)
      return [...new Set([...listed, ...sealed])].sort().slice(0, limit)
    },
    days: createTrailDays(events),
    unmarked,
  }

  /** Events first: those that are deleted in between are in what is sealed by then, and counting both does no harm. */
  async function purchases(
    queries: readonly PurchaseQuery[],
    more: (query: PurchaseQuery) => LoggedEvent[],
  ): Promise<(Purchase | null)[]> {
    if (queries.length === 0) return []
    const found = await events.readPurchases(queries)
    const sealed = new Map(
      (await sealedPurchases.get(queries)).map(({ trail, ref, purchase }) => [idOf(trail, ref), purchase]),
    )
    return queries.map((query, i) => {
      const { trail, ref } = query
      const told = purchaseIn([...(found[i] ?? []), ...more(query)], ref)
      const kept = sealed.get(idOf(trail, ref)) ?? null
      return told !== null && kept !== null ? joinPurchases(told, kept) : (told ?? kept)
    })
  }

  function purchaseIn(list: readonly LoggedEvent[], ref: PurchaseRef): Purchase | null {
    return list.length === 0 ? null : (foldEvents(emptyState(), list, { currency }).purchases[ref] ?? null)
  }

  async function unmarked(trails: readonly TrailPart[]): Promise<LoggedEvent[]> {
    const keys = trails.flatMap(({ applied }) =>
      applied.filter(({ parked }) => parked === undefined).map(({ key }) => key),
    )
    return keys.length === 0 ? [] : (await events.get(keys)).filter(({ state }) => state !== 'folded')
  }
}

function idOf(trail: TrailId, ref: PurchaseRef): string {
  return `${trail} ${ref}`
}
