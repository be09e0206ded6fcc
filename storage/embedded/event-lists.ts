import type { EventStore, StoredEvent } from '../ports.ts'
import { integer, text } from '../values.ts'
import { idList } from './encode.ts'
import { EVENT_COLUMNS, readStoredEvent, type EventColumns } from './event-rows.ts'
import type { Reader } from './reader.ts'

/** The reads of the event store that go through many events: those of trails, newest first, and all, as they came. */
export function eventLists(
  reader: Reader,
): Pick<EventStore, 'listByTrails' | 'countByTrails' | 'countBetween' | 'scan'> {
  const newest = reader.prepare<GroupRow>(`
    SELECT ${EVENT_COLUMNS}, g.key FROM json_each(?1) AS g CROSS JOIN json_each(g.value) AS t
    CROSS JOIN events AS e ON e.seq IN (
      SELECT seq FROM events
      WHERE trail_id = t.value AND (time, key) < (?2, ?3) AND ${named('?4')}
      ORDER BY time DESC, key DESC LIMIT ?5
    )
    CROSS JOIN event_bodies AS b ON b.seq = +e.seq`)
  const counts = reader.prepare<[groupNo: number, events: number]>(`
    SELECT g.key,
      (SELECT count(*) FROM events WHERE trail_id = t.value AND ${named('?2')})
    FROM json_each(?1) AS g CROSS JOIN json_each(g.value) AS t`)
  const between = reader.prepare<[range: number, events: number]>(`
    SELECT q.key, (
      SELECT count(*) FROM events
      WHERE trail_id = q.value ->> 0 AND time >= q.value ->> 1 AND time < q.value ->> 2
    ) FROM json_each(?1) AS q`)
  const page = reader.prepare<EventColumns>(`
    SELECT ${EVENT_COLUMNS} FROM events AS e CROSS JOIN event_bodies AS b ON b.seq = e.seq
    WHERE e.seq > ?1 AND e.seq <= ?2 AND ${named('?3')} ORDER BY e.seq LIMIT ?4`)
  const last = reader.prepare<[seq: number | null]>('SELECT max(seq) FROM events')

  return {
    listByTrails: async (groups, { names, before, limit }) => {
      const { time, key } = before ?? AFTER_ALL
      const rows = newest.all(
        groupList(groups),
        integer(time, 'before.time'),
        key,
        nameList(names),
        integer(limit, 'limit'),
      )
      const found = groups.map((): StoredEvent[] => [])
      for (const row of rows) found[row[GROUP_NO]]?.push(readStoredEvent(row))
      return found.map((group) => group.sort(newestFirst).slice(0, limit))
    },
    countByTrails: async (groups, names) => {
      const totals = groups.map(() => 0)
      for (const [groupNo, events] of counts.all(groupList(groups), nameList(names))) {
        totals[groupNo] = (totals[groupNo] ?? 0) + events
      }
      return totals
    },
    countBetween: async (ranges) => {
      const list = ranges.map(({ trail, from, before }) => [
        text(trail, 'trail'),
        integer(from, 'from'),
        integer(before, 'before'),
      ])
      const totals = ranges.map(() => 0)
      for (const [range, events] of between.all(JSON.stringify(list))) totals[range] = events
      return totals
    },
    scan: async (names, after, limit) => {
      const from = integer(Number(after ?? 0), 'after')
      const to = from + Math.max(limit, MAX_SCANNED_ROWS)
      const end = last.get()?.[0] ?? 0
      const rows = page.all(from, to, nameList(names), integer(limit, 'limit'))
      const reached = rows.length < limit ? to : (rows.at(-1)?.[0] ?? to)
      // One process writes, and places are given out by what commits: nothing comes up behind what was read.
      const settled = String(Math.min(reached, Math.max(end, from)))
      return { events: rows.map(readStoredEvent), next: reached < end ? String(reached) : null, settled }
    },
  }
}

/** At most `limit` of each trail of a group; the group's newest are picked from them. */
type GroupRow = [...EventColumns, groupNo: number]
const GROUP_NO = 17

/** Rows that one page of a scan looks at: rare names must not hold up the thread, so a page may come back short. */
const MAX_SCANNED_ROWS = 5_000

/** A position after every event: no time is that late. */
const AFTER_ALL = { time: Number.MAX_SAFE_INTEGER, key: '' }

/** An event is of a name when its name or its type is that; `list` is a JSON list, NULL for no filter. */
function named(list: string): string {
  return `(${list} IS NULL
    OR name IN (SELECT value FROM json_each(${list})) OR type IN (SELECT value FROM json_each(${list})))`
}

function nameList(names: readonly string[] | null): string | null {
  return names === null ? null : idList(names)
}

/** Each trail once a group, so that no event is told or counted twice. */
function groupList(groups: readonly (readonly string[])[]): string {
  return `[${groups.map((group) => idList([...new Set(group)])).join(',')}]`
}

function newestFirst(a: StoredEvent, b: StoredEvent): number {
  if (a.time !== b.time) return b.time - a.time
  return a.key < b.key ? 1 : -1
}
