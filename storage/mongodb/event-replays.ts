import type { EventPosition, EventStore, FoldedQuery, StoredEvent } from '../ports.ts'
import { integer, text } from '../values.ts'
import { arrivalAt, MAX_LATE_MS } from './arrival.ts'
import type { EventRow } from './documents.ts'
import { readEvent, readStoredEvent } from './event-rows.ts'
import type { EventStoreParts } from './events.ts'
import { atMost, idAfter } from './ids.ts'

type Replays = Pick<EventStore, 'listParked' | 'readFolded' | 'scanTrails'>

/** The reads of the event store from which trails are folded anew, and parked events are found. */
export function eventReplays({ collections: { events }, calls, routes }: EventStoreParts): Replays {
  return {
    listParked: (after, limit) =>
      calls.run(async () => {
        const rows = await events
          .find({ parked: true, arrival: { $gt: idAfter(after) } })
          .sort({ arrival: 1 })
          .limit(atMost(limit))
          .toArray()
        const found = rows.map((row) => {
          routes.remember(row._id, row.trail)
          const { attempt, error = null, foldVersion = null, trailVersion = 0 } = row
          return { event: readEvent(row), attempt, error, foldVersion, trailVersion }
        })
        return { events: found, next: rows.length < limit ? null : (rows.at(-1)?.arrival ?? null) }
      }),
    readFolded: (queries, limit) =>
      calls.run(async () => {
        const most = atMost(limit)
        const filters = queries.map(foldedFilter)
        const found: StoredEvent[][] = []
        for (let first = 0; first < filters.length; first += AT_ONCE) {
          const some = filters.slice(first, first + AT_ONCE)
          const pages = await Promise.all(
            some.map((filter) => events.find(filter).sort({ time: 1, _id: 1 }).limit(most).toArray()),
          )
          found.push(...pages.map((rows) => rows.map(readStoredEvent)))
        }
        return found
      }),
    scanTrails: (since, after, limit) =>
      calls.run(async () => {
        const from = integer(since, 'since')
        // What was received then got its place not before, but for the difference of two clocks.
        const begin = arrivalAt(from - MAX_LATE_MS)
        const rows = await events
          .find({ arrival: { $gt: after === null ? begin : idAfter(after) } })
          .project<Pick<EventRow, 'trail' | 'arrival' | 'receivedAt'>>({
            _id: 0,
            trail: 1,
            arrival: 1,
            receivedAt: 1,
          })
          .sort({ arrival: 1 })
          .limit(atMost(limit))
          .toArray()
        return {
          trails: rows.filter(({ receivedAt }) => receivedAt >= from).map(({ trail }) => trail),
          next: rows.length < limit ? null : (rows.at(-1)?.arrival ?? null),
        }
      }),
  }
}

/** Trails that are read at the same time when they are folded anew: each page may be large. */
const AT_ONCE = 16

function foldedFilter({ trail, aboveVersion, after }: FoldedQuery) {
  return {
    trail: text(trail, 'trail'),
    pending: { $exists: false },
    parked: { $exists: false },
    trailVersion: { $gt: integer(aboveVersion, 'aboveVersion') },
    ...laterThan(after),
  }
}

function laterThan(after: EventPosition | null): object {
  if (after === null) return {}
  const time = integer(after.time, 'after.time')
  // The time by itself is what bounds the index; of the events of that one millisecond the key decides.
  return {
    time: { $gte: time },
    $or: [{ time: { $gt: time } }, { _id: { $gt: text(after.key, 'after.key') } }],
  }
}
