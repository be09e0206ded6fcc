import type { Filter } from 'mongodb'
import type { Held, PurchaseQuery } from '../../core/profile/trail-log.ts'
import type { EventStore, StoredEvent } from '../ports.ts'
import { integer, text } from '../values.ts'
import type { EventRow } from './documents.ts'
import { readStoredEvent } from './event-rows.ts'
import type { EventStoreParts } from './events.ts'
import { atMost, idAfter, storableIds } from './ids.ts'

type Purchases = Pick<EventStore, 'readPurchases' | 'listPurchases' | 'readSealed' | 'deleteFolded'>

/** The reads of folded events by what they are about, and of those that a base holds. */
export function eventPurchases({ collections, calls, routes }: EventStoreParts): Purchases {
  const { events, conflicts } = collections

  /** The oldest and the newest of each part. */
  const deciding = async (query: PurchaseQuery): Promise<StoredEvent[]> => {
    const held = query.held.map(heldFilter)
    if (held.length === 0) return []
    const found = await Promise.all(
      PARTS.flatMap((purchasePart) =>
        ENDS.map((sort) => {
          const filter = { trail: text(query.trail, 'trail'), purchase: text(query.ref, 'ref'), purchasePart }
          const except = { _id: { $nin: storableIds(query.except) } }
          return events.findOne({ ...filter, ...FOLDED, ...except, $or: held }, { sort })
        }),
      ),
    )
    const rows = found.flatMap((row) => row ?? [])
    return [...new Map(rows.map((row) => [row._id, row])).values()].map(readStoredEvent)
  }

  return {
    readPurchases: (queries) =>
      calls.run(async () => {
        const found: StoredEvent[][] = []
        for (let first = 0; first < queries.length; first += AT_ONCE) {
          found.push(...(await Promise.all(queries.slice(first, first + AT_ONCE).map(deciding))))
        }
        return found
      }),
    listPurchases: (trail, after, limit) =>
      calls.run(async () => {
        const most = atMost(limit)
        const refs: string[] = []
        // From purchase to purchase along the index, however many events are about each.
        for (let last = idAfter(after); refs.length < most;) {
          const row = await events.findOne(
            { trail: text(trail, 'trail'), purchase: { $gt: last }, ...FOLDED },
            { sort: { purchase: 1 }, projection: { purchase: 1 } },
          )
          if (row?.purchase === undefined) break
          last = row.purchase
          refs.push(last)
        }
        return refs
      }),
    readSealed: (sealed, limit) =>
      calls.run(async () => {
        const most = atMost(limit)
        const found = sealed.map(async ({ trail, before, version, receivedUntil }) => {
          const rows = await events
            .find({
              trail: text(trail, 'trail'),
              time: { $lt: integer(before, 'before') },
              trailVersion: { $lte: integer(version, 'version') },
              receivedAt: { $lte: integer(receivedUntil, 'receivedUntil') },
              unlinked: { $exists: false },
              ...FOLDED,
            })
            .limit(most)
            .toArray()
          for (const row of rows) routes.remember(row._id, row.trail)
          return rows.map(readStoredEvent)
        })
        return Promise.all(found)
      }),
    deleteFolded: (keys) =>
      calls.run(async () => {
        if (keys.length === 0) return
        const wanted = keys.map((key) => text(key, 'event.key'))
        await events.deleteMany({ ...routes.many(wanted), ...FOLDED, unlinked: { $exists: false } })
        const left = await events.find(routes.many(wanted), { projection: { _id: 1 } }).toArray()
        const there = new Set(left.map(({ _id }) => _id))
        const { _id: key, ...route } = routes.many(wanted.filter((key) => !there.has(key)))
        await conflicts.deleteMany({ key, ...route })
      }),
  }
}

/** Purchases that are looked up at the same time. */
const AT_ONCE = 8

const PARTS = ['order', 'mention', 'refund'] as const
const ENDS = [
  { time: 1, _id: 1 },
  { time: -1, _id: -1 },
] as const

const FOLDED = { pending: { $exists: false }, parked: { $exists: false } } satisfies Filter<EventRow>

function heldFilter({ version, before }: Held): Filter<EventRow> {
  const trailVersion = { $lte: integer(version, 'version') }
  if (before === null) return { trailVersion }
  const time = integer(before.time, 'before.time')
  const earlier = [{ time: { $lt: time } }, { time, _id: { $lt: text(before.key, 'before.key') } }]
  return { trailVersion, $or: earlier }
}
