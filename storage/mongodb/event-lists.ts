import type { EventPosition, EventStore } from '../ports.ts'
import { integer, text } from '../values.ts'
import { arrivalAt, MAX_LATE_MS } from './arrival.ts'
import type { EventRow } from './documents.ts'
import { readStoredEvent } from './event-rows.ts'
import type { EventStoreParts } from './events.ts'
import { atMost, idAfter, storableIds } from './ids.ts'
import { gather, ofEachTrail } from './of-each-trail.ts'

type Lists = Pick<EventStore, 'listByTrails' | 'countByTrails' | 'countBetween' | 'scan'>

/** The reads of the event store that go through many events: those of trails, newest first, and all, as they came. */
export function eventLists({ collections: { events }, calls, clock }: EventStoreParts): Lists {
  return {
    listByTrails: (groups, { names, before, limit }) =>
      calls.run(async () => {
        const rows = await ofEachTrail<EventRow>(events, storableIds(groups.flat()), {
          match: { ...named(names), ...earlierThan(before) },
          sort: { time: -1, _id: -1 },
          limit: atMost(limit),
        })
        const found = gather(groups, rows, { compare: newestFirst, limit })
        return found.map((group) => group.map(readStoredEvent))
      }),
    countByTrails: (groups, names) =>
      calls.run(async () => {
        const trails = storableIds(groups.flat())
        if (trails.length === 0) return groups.map(() => 0)
        const rows = await events
          .aggregate<{ _id: string; count: number }>([
            { $match: { trail: { $in: trails }, ...named(names) } },
            { $group: { _id: '$trail', count: { $sum: 1 } } },
          ])
          .toArray()
        const counts = new Map(rows.map(({ _id, count }) => [_id, count]))
        return groups.map((group) =>
          [...new Set(group)].reduce((sum, trail) => sum + (counts.get(trail) ?? 0), 0),
        )
      }),
    countBetween: (ranges) =>
      calls.run(async () => {
        const filters = ranges.map(({ trail, from, before }) => {
          return {
            trail: text(trail, 'trail'),
            time: { $gte: integer(from, 'from'), $lt: integer(before, 'before') },
          }
        })
        return Promise.all(filters.map((filter) => events.countDocuments(filter)))
      }),
    scan: (names, after, limit) =>
      calls.run(async () => {
        const from = idAfter(after)
        const horizon = arrivalAt(clock() - MAX_LATE_MS)
        const end = names === null ? null : await endOfWindow(from, Math.max(limit, MAX_SCANNED_ROWS))
        const rows = await events
          .find({ arrival: { $gt: from, ...(end !== null && { $lte: end }) }, ...named(names) })
          .sort({ arrival: 1 })
          .limit(atMost(limit))
          .toArray()
        const isCut = rows.length === limit
        const next = isCut ? (rows.at(-1)?.arrival ?? null) : end
        const settled = next !== null && next < horizon ? next : horizon
        return { events: rows.map(readStoredEvent), next, settled }
      }),
  }

  /** Where so many rows later is; null when there are fewer. */
  async function endOfWindow(from: string, rows: number): Promise<string | null> {
    const [last] = await events
      .find({ arrival: { $gt: from } })
      .project<Pick<EventRow, 'arrival'>>({ _id: 0, arrival: 1 })
      .sort({ arrival: 1 })
      .skip(rows - 1)
      .limit(1)
      .toArray()
    return last?.arrival ?? null
  }
}

/** Rows that one page of a scan looks at for rare names: a page may come back short, and never takes long. */
const MAX_SCANNED_ROWS = 5_000

/** An event is of a name when its name or its type is that. */
function named(names: readonly string[] | null): object {
  if (names === null) return {}
  const wanted = storableIds(names)
  return { $or: [{ name: { $in: wanted } }, { type: { $in: wanted } }] }
}

function earlierThan(before: EventPosition | null): object {
  if (before === null) return {}
  const time = integer(before.time, 'before.time')
  const [key = ''] = storableIds([before.key])
  // The time by itself is what bounds the index; of the events of that one millisecond the key decides.
  return { time: { $lte: time }, $and: [{ $or: [{ time: { $lt: time } }, { _id: { $lt: key } }] }] }
}

function newestFirst(a: EventRow, b: EventRow): number {
  if (a.time !== b.time) return b.time - a.time
  return a._id < b._id ? 1 : -1
}
