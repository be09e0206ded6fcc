import type { JsonObject } from '../../core/json.ts'
import type { EventConflict, EventStore } from '../ports.ts'
import type { ConflictRow } from './documents.ts'
import type { EventStoreParts } from './events.ts'
import { atMost, storableIds } from './ids.ts'
import { gather, ofEachTrail } from './of-each-trail.ts'

type Conflicts = Pick<EventStore, 'conflictsOf' | 'conflictsByTrails'>

/** The reads of the bodies that were refused because their event's key was taken. */
export function eventConflicts({ collections: { conflicts }, calls, routes }: EventStoreParts): Conflicts {
  return {
    conflictsOf: (keys, limit) =>
      calls.run(async () => {
        const most = atMost(limit)
        const wanted = storableIds(keys)
        // Whoever asks names few events.
        const found = await Promise.all(
          wanted.map((key) => {
            const { _id, ...route } = routes.one(key)
            return conflicts
              .find({ key: _id, ...route })
              .sort(NEWEST)
              .limit(most)
              .toArray()
          }),
        )
        return new Map(found.flatMap((rows) => (rows[0] ? [[rows[0].key, rows.map(readConflict)]] : [])))
      }),
    conflictsByTrails: (groups, limit) =>
      calls.run(async () => {
        const most = atMost(limit)
        const rows = await ofEachTrail<ConflictRow>(conflicts, storableIds(groups.flat()), {
          match: {},
          sort: NEWEST,
          limit: most,
        })
        const found = gather(groups, rows, { compare: newestFirst, limit: most })
        return found.map((group) => group.map(readConflict))
      }),
  }
}

const NEWEST = { receivedAt: -1, arrival: -1 } as const

function newestFirst(a: ConflictRow, b: ConflictRow): number {
  return b.receivedAt - a.receivedAt || (a.arrival < b.arrival ? 1 : -1)
}

function readConflict({ key, trail, receivedAt, body }: ConflictRow): EventConflict {
  return { key, trailId: trail, receivedAt, body: JSON.parse(body) as JsonObject }
}
