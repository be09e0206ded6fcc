import type { JsonObject } from '../../core/json.ts'
import type { EventConflict, EventStore } from '../ports.ts'
import { integer } from '../values.ts'
import { idList } from './encode.ts'
import type { Reader } from './reader.ts'

/** The reads of the bodies that were refused because their event's key was taken. */
export function eventConflicts(reader: Reader): Pick<EventStore, 'conflictsOf' | 'conflictsByTrails'> {
  const ofEvents = reader.prepare<ConflictColumns>(`
    SELECT k.key, c.rowid, c.key, c.trail_id, c.received_at, c.body FROM json_each(?1) AS k
    CROSS JOIN event_conflicts AS c ON c.rowid IN (
      SELECT rowid FROM event_conflicts WHERE key = k.value ORDER BY received_at DESC, rowid DESC LIMIT ?2
    )`)
  const ofTrails = reader.prepare<ConflictColumns>(`
    SELECT g.key, c.rowid, c.key, c.trail_id, c.received_at, c.body FROM json_each(?1) AS g
    CROSS JOIN json_each(g.value) AS t CROSS JOIN event_conflicts AS c ON c.rowid IN (
      SELECT rowid FROM event_conflicts WHERE trail_id = t.value ORDER BY received_at DESC, rowid DESC LIMIT ?2
    )`)

  return {
    conflictsOf: async (keys, limit) => {
      const unique = [...new Set(keys)]
      const groups = grouped(unique.length, ofEvents.all(idList(unique), integer(limit, 'limit')), limit)
      return new Map(groups.flatMap((found) => (found[0] ? [[found[0].key, found] as const] : [])))
    },
    conflictsByTrails: async (groups, limit) => {
      const lists = `[${groups.map((group) => idList([...new Set(group)])).join(',')}]`
      return grouped(groups.length, ofTrails.all(lists, integer(limit, 'limit')), limit)
    },
  }
}

type ConflictColumns = [
  groupNo: number,
  /** Order of arrival. */
  rowid: number,
  key: string,
  trailId: string,
  receivedAt: number,
  body: string,
]

/** At most `limit` of each event or trail were read; the group's newest are picked from them. */
function grouped(count: number, rows: readonly ConflictColumns[], limit: number): EventConflict[][] {
  const groups = Array.from({ length: count }, (): ConflictColumns[] => [])
  for (const row of rows) groups[row[0]]?.push(row)
  return groups.map((group) => group.sort(newestFirst).slice(0, limit).map(readConflict))
}

function newestFirst(a: ConflictColumns, b: ConflictColumns): number {
  return b[4] - a[4] || b[1] - a[1]
}

function readConflict([, , key, trailId, receivedAt, body]: ConflictColumns): EventConflict {
  return { key, trailId, receivedAt, body: JSON.parse(body) as JsonObject }
}
