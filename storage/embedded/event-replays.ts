import type { EventStore, StoredEvent } from '../ports.ts'
import { integer, text } from '../values.ts'
import { EVENT_COLUMNS, readEventRow, readStoredEvent, type EventColumns } from './event-rows.ts'
import type { Reader } from './reader.ts'

/** The reads of the event store from which trails are folded anew, and parked events are found. */
export function eventReplays(reader: Reader): Pick<EventStore, 'listParked' | 'readFolded' | 'scanTrails'> {
  const parked = reader.prepare<ParkedRow>(`
    SELECT e.error, e.fold_version, ${EVENT_COLUMNS} FROM events AS e JOIN event_bodies AS b ON b.seq = e.seq
    WHERE e.state = 'parked' AND e.seq > ?1 ORDER BY e.seq LIMIT ?2`)
  const folded = reader.prepare<FoldedRow>(`
    SELECT q.key, ${EVENT_COLUMNS} FROM json_each(?1) AS q
    CROSS JOIN events AS e ON e.seq IN (
      SELECT seq FROM events
      WHERE trail_id = q.value ->> 0 AND (time, key) > (q.value ->> 2, q.value ->> 3)
        AND state = 'folded' AND trail_version > q.value ->> 1
      ORDER BY time, key LIMIT ?2
    )
    CROSS JOIN event_bodies AS b ON b.seq = +e.seq`)
  const arrivals = reader.prepare<[trailId: string]>(
    'SELECT trail_id FROM events WHERE seq > ?1 AND seq <= ?2 AND received_at >= ?3 ORDER BY seq',
  )
  const last = reader.prepare<[seq: number | null]>('SELECT max(seq) FROM events')

  return {
    listParked: async (after, limit) => {
      const rows = parked.all(integer(Number(after ?? 0), 'after'), integer(limit, 'limit'))
      const found = rows.map(([error, foldVersion, ...columns]) => ({
        error,
        foldVersion,
        ...readEventRow(columns),
      }))
      return {
        events: found.map(({ event, attempt, error, foldVersion, trailVersion }) => {
          return { event, attempt, error, foldVersion, trailVersion: trailVersion ?? 0 }
        }),
        next: found.length < limit ? null : String(found.at(-1)?.seq ?? 0),
      }
    },
    readFolded: async (queries, limit) => {
      const list = queries.map(({ trail, aboveVersion, after }) => [
        text(trail, 'trail'),
        integer(aboveVersion, 'aboveVersion'),
        after === null ? BEFORE_ALL : integer(after.time, 'after.time'),
        after === null ? '' : text(after.key, 'after.key'),
      ])
      const found = queries.map((): StoredEvent[] => [])
      for (const [query, ...columns] of folded.all(JSON.stringify(list), integer(limit, 'limit'))) {
        found[query]?.push(readStoredEvent(columns))
      }
      return found.map((events) => events.sort(oldestFirst))
    },
    scanTrails: async (since, after, limit) => {
      const from = integer(Number(after ?? 0), 'after')
      const to = from + integer(limit, 'limit')
      const rows = arrivals.all(from, to, integer(since, 'since'))
      const end = last.get()?.[0] ?? 0
      return { trails: rows.map(([trail]) => trail), next: to < end ? String(to) : null }
    },
  }
}

type ParkedRow = [error: string | null, foldVersion: number | null, ...EventColumns]
type FoldedRow = [query: number, ...EventColumns]

/** A time before every event. */
const BEFORE_ALL = Number.MIN_SAFE_INTEGER

function oldestFirst(a: StoredEvent, b: StoredEvent): number {
  if (a.time !== b.time) return a.time - b.time
  return a.key < b.key ? -1 : 1
}
