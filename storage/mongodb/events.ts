import type { Filter } from 'mongodb'
import type { EventKey } from '../../core/events/event.ts'
import type { Clock } from '../../platform/clock.ts'
import type { AppendResult, EventMark, EventStore } from '../ports.ts'
import { integer, text } from '../values.ts'
import type { Calls } from './calls.ts'
import type { Collections, ConflictRow, EventRow } from './documents.ts'
import { eventConflicts } from './event-conflicts.ts'
import { eventLists } from './event-lists.ts'
import { eventPurchases } from './event-purchases.ts'
import { eventReplays } from './event-replays.ts'
import type { EventRoutes } from './event-routes.ts'
import { eventRow, readPairs, readStoredEvent } from './event-rows.ts'
import { eventsPending } from './events-pending.ts'
import { runBulk } from './failures.ts'
import { atMost, MAX_COUNTED, storableIds } from './ids.ts'

export interface EventStoreParts {
  collections: Collections
  calls: Calls
  routes: EventRoutes
  nextArrival: () => string
  clock: Clock
}

export function createEventStore(parts: EventStoreParts): EventStore {
  const { collections, calls, routes, nextArrival } = parts
  const { events, conflicts } = collections

  return {
    append: (appended) =>
      calls.run(async () => {
        if (appended.length === 0) return []
        const rows = appended.map((event) => eventRow(event, nextArrival()))
        const inserts = rows.map((document) => ({ insertOne: { document } }))
        const { duplicates } = await runBulk(() => events.bulkWrite(inserts, { ordered: false }))
        if (duplicates.size === 0) return rows.map((): AppendResult => 'stored')
        return settleDuplicates(rows, duplicates)
      }),
    mark: (marks) =>
      calls.run(async () => {
        if (marks.length === 0) return
        const operations = marks.map((mark) => ({
          updateOne: {
            filter: {
              ...routes.one(text(mark.key, 'mark.key')),
              pending: true as const,
              attempt: integer(mark.attempt, 'mark.attempt'),
            },
            update: { $set: markFields(mark), $unset: { pending: '' as const } },
          },
        }))
        await events.bulkWrite(operations, { ordered: false })
      }),
    release: (parked) =>
      calls.run(async () => {
        if (parked.length === 0) return
        const operations = parked.map(({ key, attempt }) => ({
          updateOne: {
            filter: {
              ...routes.one(text(key, 'event.key')),
              parked: true as const,
              attempt: integer(attempt, 'event.attempt'),
            },
            update: {
              $set: { pending: true as const },
              $inc: { attempt: 1 },
              $unset: {
                parked: '' as const,
                trailVersion: '' as const,
                error: '' as const,
                foldVersion: '' as const,
              },
            },
          },
        }))
        await events.bulkWrite(operations, { ordered: false })
      }),
    findUnlinked: (limit) =>
      calls.run(async () => {
        const rows = await events
          .find({ unlinked: true })
          .project<Pick<EventRow, '_id' | 'trail' | 'pairs' | 'receivedAt'>>({
            trail: 1,
            pairs: 1,
            receivedAt: 1,
          })
          .limit(atMost(limit))
          .toArray()
        return rows.map(({ _id, trail, pairs, receivedAt }) => {
          routes.remember(_id, trail)
          return { key: _id, pairs: readPairs(pairs), receivedAt }
        })
      }),
    clearLinks: (keys) =>
      calls.run(async () => {
        if (keys.length === 0) return
        const filter = routes.many(keys.map((key) => text(key, 'event.key')))
        await events.updateMany({ ...filter, unlinked: true }, { $unset: { unlinked: '' } })
      }),
    get: (keys) =>
      calls.run(async () => {
        const wanted = storableIds(keys)
        if (wanted.length === 0) return []
        return (await events.find(routes.many(wanted)).toArray()).map(readStoredEvent)
      }),
    ...eventLists(parts),
    ...eventConflicts(parts),
    ...eventsPending(parts),
    ...eventReplays(parts),
    ...eventPurchases(parts),
    stats: () =>
      calls.run(async () => {
        const [all, pending, parked, others] = await Promise.all([
          events.estimatedDocumentCount(),
          events.countDocuments({ pending: true }, { limit: MAX_COUNTED }),
          events.countDocuments({ parked: true }, { limit: MAX_COUNTED }),
          conflicts.estimatedDocumentCount(),
        ])
        return { events: all, pending, parked, conflicts: others }
      }),
  }

  /** What stands under each key that was taken: the same event, or another one, whose place the new body is kept beside. */
  async function settleDuplicates(
    rows: readonly EventRow[],
    duplicates: ReadonlySet<number>,
  ): Promise<AppendResult[]> {
    const kept = await keptEvents(rows.filter((_, index) => duplicates.has(index)))
    const others: ConflictRow[] = []
    const results = rows.map((row, index): AppendResult => {
      if (!duplicates.has(index)) return 'stored'
      const first = kept.get(row._id)
      if (!first) throw new Error(`event ${row._id} is there, and is not found`)
      if (first.bodyHash === row.bodyHash) return 'duplicate'
      others.push(conflictOf(row, first.trail))
      return 'conflict'
    })
    if (others.length > 0) {
      const inserts = others.map((document) => ({ insertOne: { document } }))
      await runBulk(() => conflicts.bulkWrite(inserts, { ordered: false }))
    }
    return results
  }

  /** Where they are to be expected, and only those that are not there (the rules that a trail's key is normalised by have changed) everywhere. */
  async function keptEvents(taken: readonly EventRow[]): Promise<Map<EventKey, KeptEvent>> {
    const keys = [...new Set(taken.map(({ _id }) => _id))]
    const trail = { $in: [...new Set(taken.map((row) => row.trail))] }
    const kept = new Map((await findKept({ trail, _id: { $in: keys } })).map((row) => [row._id, row]))
    const missing = keys.filter((key) => !kept.has(key))
    if (missing.length > 0) {
      for (const row of await findKept({ _id: { $in: missing } })) kept.set(row._id, row)
    }
    return kept
  }

  function findKept(filter: Filter<EventRow>): Promise<KeptEvent[]> {
    return events.find(filter).project<KeptEvent>({ trail: 1, bodyHash: 1 }).toArray()
  }
}

type KeptEvent = Pick<EventRow, '_id' | 'trail' | 'bodyHash'>

function markFields(mark: EventMark) {
  return {
    trailVersion: integer(mark.trailVersion, 'mark.trailVersion'),
    ...(mark.outcome === 'parked' && { parked: true as const }),
    ...(mark.error !== undefined && { error: text(mark.error, 'mark.error') }),
    ...(mark.foldVersion !== undefined && { foldVersion: integer(mark.foldVersion, 'mark.foldVersion') }),
  }
}

function conflictOf(row: EventRow, trail: string): ConflictRow {
  const { _id: key, bodyHash, arrival, receivedAt, body } = row
  return { _id: `${key}.${bodyHash}`, key, trail, arrival, receivedAt, body }
}
