import type { TrailId } from '../../core/events/event.ts'
import type { EventStore, PendingEvent } from '../ports.ts'
import { integer, text } from '../values.ts'
import { idList } from './encode.ts'
import { eventConflicts } from './event-conflicts.ts'
import { eventLists } from './event-lists.ts'
import { eventsPending } from './events-pending.ts'
import { eventPurchases } from './event-purchases.ts'
import { eventReplays } from './event-replays.ts'
import {
  EVENT_COLUMNS,
  eventToAppend,
  markRow,
  readEventRow,
  readPairs,
  readStoredEvent,
  type EventColumns,
} from './event-rows.ts'
import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'

export function createEventStore(reader: Reader, writer: Writer): EventStore {
  // Jumps from trail to trail along the index, however many events of one trail wait.
  const pendingTrails = reader.prepare<[id: TrailId]>(`
    WITH RECURSIVE trail (id) AS (
      SELECT min(trail_id) FROM events WHERE state = 'pending' AND trail_id > ?
      UNION ALL
      SELECT (SELECT min(trail_id) FROM events WHERE state = 'pending' AND trail_id > trail.id)
      FROM trail WHERE trail.id IS NOT NULL
    )
    SELECT id FROM trail WHERE id IS NOT NULL LIMIT ?`)
  const pendingOf = reader.prepare<EventColumns>(`
    SELECT ${EVENT_COLUMNS} FROM json_each(?) AS t
    CROSS JOIN events AS e ON e.seq IN (
      SELECT seq FROM events WHERE state = 'pending' AND trail_id = t.value ORDER BY seq LIMIT ?
    )
    CROSS JOIN event_bodies AS b ON b.seq = +e.seq`)
  const unlinked = reader.prepare<[key: string, pairs: string, receivedAt: number]>(
    'SELECT key, pairs, received_at FROM events WHERE unlinked = 1 ORDER BY seq LIMIT ?',
  )
  const byKeys = reader.prepare<EventColumns>(`
    SELECT ${EVENT_COLUMNS} FROM events AS e JOIN event_bodies AS b ON b.seq = e.seq
    WHERE e.key IN (SELECT value FROM json_each(?))`)
  const counts = reader.prepare<[events: number, pending: number, parked: number, conflicts: number]>(`
    SELECT (SELECT count(*) FROM events),
      (SELECT count(*) FROM events WHERE state = 'pending'),
      (SELECT count(*) FROM events WHERE state = 'parked'),
      (SELECT count(*) FROM event_conflicts)`)

  return {
    append: async (events) =>
      events.length === 0 ? [] : writer.run('appendEvents', events.map(eventToAppend)),
    findPendingTrails: async (after, limit) => pendingTrails.all(after ?? '', limit).map(([id]) => id),
    readPending: async (trails, limit) => {
      const found = new Map<TrailId, PendingEvent[]>(trails.map((id) => [id, []]))
      const rows = pendingOf.all(idList([...found.keys()]), limit).sort(([a], [b]) => a - b)
      for (const { event, attempt } of rows.map(readEventRow)) {
        found.get(event.trailId)?.push({ event, attempt })
      }
      return found
    },
    mark: async (marks) => {
      if (marks.length > 0) await writer.run('markEvents', marks.map(markRow))
    },
    findUnlinked: async (limit) =>
      unlinked.all(limit).map(([key, pairs, receivedAt]) => ({ key, pairs: readPairs(pairs), receivedAt })),
    clearLinks: async (keys) => {
      if (keys.length === 0) return
      await writer.run(
        'clearEventLinks',
        keys.map((key) => text(key, 'event.key')),
      )
    },
    get: async (keys) => byKeys.all(idList(keys)).map(readStoredEvent),
    release: async (parked) => {
      if (parked.length === 0) return
      await writer.run(
        'releaseEvents',
        parked.map(({ key, attempt }) => [text(key, 'event.key'), integer(attempt, 'event.attempt')]),
      )
    },
    ...eventLists(reader),
    ...eventConflicts(reader),
    ...eventsPending(reader),
    ...eventReplays(reader),
    ...eventPurchases(reader),
    deleteFolded: async (keys) => {
      if (keys.length === 0) return
      await writer.run(
        'deleteFoldedEvents',
        keys.map((key) => text(key, 'event.key')),
      )
    },
    stats: async () => {
      const [events, pending, parked, conflicts] = counts.get() ?? [0, 0, 0, 0]
      return { events, pending, parked, conflicts }
    },
  }
}
