import type { PurchaseQuery } from '../../core/profile/trail-log.ts'
import type { EventStore, StoredEvent } from '../ports.ts'
import { integer, text } from '../values.ts'
import { idList } from './encode.ts'
import { EVENT_COLUMNS, readStoredEvent, type EventColumns } from './event-rows.ts'
import type { Reader } from './reader.ts'
import { PURCHASE_PARTS } from './writes/purchase-parts.ts'

/** The reads of folded events by what they are about, and of those that a base holds. */
export function eventPurchases(
  reader: Reader,
): Pick<EventStore, 'readPurchases' | 'listPurchases' | 'readSealed'> {
  const deciding = reader.prepare<QueryRow>(`
    SELECT q.key, ${EVENT_COLUMNS} FROM json_each(?1) AS q CROSS JOIN json_each('${PARTS}') AS part
    CROSS JOIN events AS e ON e.seq IN (
      (SELECT seq FROM events WHERE ${HELD} ORDER BY time, key LIMIT 1),
      (SELECT seq FROM events WHERE ${HELD} ORDER BY time DESC, key DESC LIMIT 1)
    )
    CROSS JOIN event_bodies AS b ON b.seq = +e.seq`)
  // Jumps from purchase to purchase along the index, however many events are about each.
  const refs = reader.prepare<[ref: string]>(`
    WITH RECURSIVE purchase (ref) AS (
      SELECT min(purchase) FROM events WHERE state = 'folded' AND trail_id = ?1 AND purchase > ?2
      UNION ALL
      SELECT (SELECT min(purchase) FROM events
        WHERE state = 'folded' AND trail_id = ?1 AND purchase > purchase.ref)
      FROM purchase WHERE purchase.ref IS NOT NULL
    )
    SELECT ref FROM purchase WHERE ref IS NOT NULL LIMIT ?3`)
  const sealed = reader.prepare<QueryRow>(`
    SELECT q.key, ${EVENT_COLUMNS} FROM json_each(?1) AS q
    CROSS JOIN events AS e ON e.seq IN (
      SELECT seq FROM events
      WHERE trail_id = q.value ->> 0 AND time < q.value ->> 1 AND state = 'folded'
        AND trail_version <= q.value ->> 2 AND received_at <= q.value ->> 3 AND unlinked IS NULL
      ORDER BY time, key LIMIT ?2
    )
    CROSS JOIN event_bodies AS b ON b.seq = +e.seq`)

  return {
    readPurchases: async (queries) =>
      queries.length === 0
        ? []
        : grouped(queries.length, deciding.all(`[${queries.map(queryText).join(',')}]`)),
    listPurchases: async (trail, after, limit) =>
      refs.all(text(trail, 'trail'), after ?? '', integer(limit, 'limit')).map(([ref]) => ref),
    readSealed: async (bases, limit) => {
      const list = bases.map(({ trail, before, version, receivedUntil }) => [
        text(trail, 'trail'),
        integer(before, 'before'),
        integer(version, 'version'),
        integer(receivedUntil, 'receivedUntil'),
      ])
      return grouped(bases.length, sealed.all(JSON.stringify(list), integer(limit, 'limit')))
    },
  }
}

type QueryRow = [query: number, ...EventColumns]

const PARTS = JSON.stringify(Object.values(PURCHASE_PARTS))

/** Of the query `q` and the part `part`. */
const HELD = `trail_id = q.value ->> 0 AND purchase = q.value ->> 1 AND purchase_part = part.value AND state = 'folded'
      AND EXISTS (SELECT 1 FROM json_each(q.value, '$[2]') AS h
        WHERE trail_version <= h.value ->> 0 AND (events.time, events.key) < (h.value ->> 1, h.value ->> 2))
      AND key NOT IN (SELECT value FROM json_each(q.value, '$[3]'))`

function queryText({ trail, ref, held, except }: PurchaseQuery): string {
  const conditions = held.map(({ version, before }) => [
    integer(version, 'version'),
    before === null ? Number.MAX_SAFE_INTEGER : integer(before.time, 'before.time'),
    before === null ? '' : text(before.key, 'before.key'),
  ])
  return `[${JSON.stringify(text(trail, 'trail'))},${JSON.stringify(text(ref, 'ref'))},${JSON.stringify(conditions)},${idList(except)}]`
}

function grouped(count: number, rows: readonly QueryRow[]): StoredEvent[][] {
  const found = Array.from({ length: count }, (): StoredEvent[] => [])
  for (const [query, ...columns] of rows) found[query]?.push(readStoredEvent(columns))
  return found
}
