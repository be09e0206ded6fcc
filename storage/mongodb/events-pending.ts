import type { TrailId } from '../../core/events/event.ts'
import type { EventStore, PendingEvent } from '../ports.ts'
import type { EventRow } from './documents.ts'
import { readEvent } from './event-rows.ts'
import type { EventStoreParts } from './events.ts'
import { atMost, idAfter, MAX_COUNTED, storableIds } from './ids.ts'

type Pending = Pick<EventStore, 'findPendingTrails' | 'readPending' | 'oldestPending' | 'backlog'>

/** What waits to be folded: each read goes through what waits, by an index that holds nothing else. */
export function eventsPending({ collections: { events }, calls, routes }: EventStoreParts): Pending {
  return {
    findPendingTrails: (after, limit) => calls.run(() => pendingTrails(idAfter(after), atMost(limit))),
    readPending: (trails, limit) =>
      calls.run(async () => {
        const found = new Map<TrailId, PendingEvent[]>(trails.map((id) => [id, []]))
        const rows = await pendingRows(storableIds(trails).sort(), atMost(limit))
        for (const row of rows) {
          routes.remember(row._id, row.trail)
          found.get(row.trail)?.push({ event: readEvent(row), attempt: row.attempt })
        }
        return found
      }),
    oldestPending: (groups) =>
      calls.run(async () => {
        const identities = storableIds(groups.flat())
        if (identities.length === 0) return groups.map(() => null)
        const rows = await events
          .aggregate<{ _id: string; receivedAt: number }>([
            { $match: { pending: true, identity: { $in: identities } } },
            { $group: { _id: '$identity', receivedAt: { $min: '$receivedAt' } } },
          ])
          .toArray()
        const oldest = new Map(rows.map(({ _id, receivedAt }) => [_id, receivedAt]))
        return groups.map((group) => {
          const known = group.flatMap((identity) => oldest.get(identity) ?? [])
          return known.length === 0 ? null : Math.min(...known)
        })
      }),
    backlog: () =>
      calls.run(async () => {
        const [[pending], parked] = await Promise.all([
          events
            .aggregate<{ count: number; oldest: number }>([
              { $match: { pending: true } },
              { $limit: MAX_COUNTED },
              { $group: { _id: null, count: { $sum: 1 }, oldest: { $min: '$receivedAt' } } },
            ])
            .toArray(),
          events.countDocuments({ parked: true }, { limit: MAX_COUNTED }),
        ])
        return { pending: pending?.count ?? 0, parked, oldestReceivedAt: pending?.oldest ?? null }
      }),
  }

  /** Jumps over what one trail has beyond a page, so that a busy one hides nobody. */
  async function pendingTrails(after: string, limit: number): Promise<TrailId[]> {
    const found: TrailId[] = []
    const page = Math.max(limit * 2, 100)
    for (let from = after; found.length < limit;) {
      const rows = await events
        .find({ pending: true, trail: { $gt: from } })
        .project<Pick<EventRow, 'trail'>>({ _id: 0, trail: 1 })
        .sort({ trail: 1 })
        .limit(page)
        .toArray()
      found.push(...new Set(rows.map(({ trail }) => trail)))
      if (rows.length < page) break
      from = found.at(-1) ?? from
    }
    return found.slice(0, limit)
  }

  /** At most `limit` of each trail, in order of arrival. One read, unless some trails have so much that others are cut off. */
  async function pendingRows(trails: readonly TrailId[], limit: number): Promise<EventRow[]> {
    const found: EventRow[] = []
    const page = Math.max(limit, PAGE)
    for (let left = trails; left.length > 0;) {
      const rows = await events
        .find({ pending: true, trail: { $in: [...left] } })
        .sort({ trail: 1, arrival: 1 })
        .limit(page)
        .toArray()
      const last = rows.at(-1)?.trail
      const isWhole = rows.length < page || last === undefined
      const ofLast = rows.filter(({ trail }) => trail === last).length
      // Of the last trail that came, some rows may be missing; it is whole when it has as many as are wanted.
      const goesOn = !isWhole && ofLast < limit ? last : undefined
      found.push(...firstOfEach(rows, limit).filter(({ trail }) => trail !== goesOn))
      if (isWhole) break
      left = left.filter((trail) => trail > last || trail === goesOn)
    }
    return found
  }
}

/** Rows that one read takes; a trail's share is never cut to less than what is wanted of it. */
const PAGE = 1_000

function firstOfEach(rows: readonly EventRow[], limit: number): EventRow[] {
  const counts = new Map<TrailId, number>()
  return rows.filter(({ trail }) => {
    const count = (counts.get(trail) ?? 0) + 1
    counts.set(trail, count)
    return count <= limit
  })
}
