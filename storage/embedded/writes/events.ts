import type { AppendResult } from '../../ports.ts'
import type { Database } from '../sqlite.ts'

/** In the order of the INSERT's columns. `pairs` and `meta` are JSON, null when there is nothing. */
export type EventRow = readonly [
  key: string,
  trailId: string,
  identity: string,
  source: string,
  messageId: string,
  type: string,
  name: string,
  time: number,
  receivedAt: number,
  bodyHash: string,
  pairs: string | null,
  unlinked: 1 | null,
  meta: string | null,
  purchase: string | null,
  purchasePart: number | null,
]

export interface EventToAppend {
  row: EventRow
  body: string
}

export type MarkRow = readonly [
  state: 'folded' | 'parked',
  trailVersion: number,
  error: string | null,
  foldVersion: number | null,
  key: string,
  attempt: number,
]

export type ReleaseRow = readonly [key: string, attempt: number]

export interface EventWrites {
  appendEvents(events: readonly EventToAppend[]): AppendResult[]
  markEvents(marks: readonly MarkRow[]): null
  releaseEvents(parked: readonly ReleaseRow[]): null
  clearEventLinks(keys: readonly string[]): null
  deleteFoldedEvents(keys: readonly string[]): null
}

export function eventWrites(db: Database): EventWrites {
  const insert = db.prepare(`
    INSERT INTO events (key, trail_id, identity, source, message_id, type, name, time, received_at, body_hash,
      pairs, unlinked, meta, purchase, purchase_part, state, attempt)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', 0)
    ON CONFLICT (key) DO NOTHING`)
  const insertBody = db.prepare('INSERT INTO event_bodies (seq, body) VALUES (?, ?)')
  const keptHash = db.prepare<[bodyHash: string]>('SELECT body_hash FROM events WHERE key = ?')
  const insertConflict = db.prepare(`
    INSERT INTO event_conflicts (key, body_hash, received_at, body, kept_body, trail_id)
    SELECT e.key, ?, ?, ?, b.body, e.trail_id FROM events e JOIN event_bodies b ON b.seq = e.seq WHERE e.key = ?
    ON CONFLICT (key, body_hash) DO NOTHING`)
  const mark = db.prepare(`
    UPDATE events SET state = ?, trail_version = ?, error = ?, fold_version = ?
    WHERE key = ? AND state = 'pending' AND attempt = ?`)
  const release = db.prepare(`
    UPDATE events SET state = 'pending', attempt = attempt + 1, trail_version = NULL, error = NULL,
      fold_version = NULL
    WHERE key = ? AND state = 'parked' AND attempt = ?`)
  const clearLink = db.prepare('UPDATE events SET unlinked = NULL WHERE key = ? AND unlinked = 1')
  const remove = db.prepare("DELETE FROM events WHERE key = ? AND state = 'folded' AND unlinked IS NULL")
  const removeConflicts = db.prepare('DELETE FROM event_conflicts WHERE key = ?')

  const append = ({ row, body }: EventToAppend): AppendResult => {
    const { changes, lastInsertRowid } = insert.run(...row)
    if (changes === 1) {
      insertBody.run(lastInsertRowid, body)
      return 'stored'
    }
    const [key, , , , , , , , receivedAt, bodyHash] = row
    if (keptHash.get(key)?.[0] === bodyHash) return 'duplicate'
    insertConflict.run(bodyHash, receivedAt, body, key)
    return 'conflict'
  }

  return {
    appendEvents: (events) => events.map(append),
    markEvents: (marks) => {
      for (const row of marks) mark.run(...row)
      return null
    },
    releaseEvents: (parked) => {
      for (const row of parked) release.run(...row)
      return null
    },
    clearEventLinks: (keys) => {
      for (const key of keys) clearLink.run(key)
      return null
    },
    deleteFoldedEvents: (keys) => {
      for (const key of keys) {
        // The body goes with its event.
        if (remove.run(key).changes === 1) removeConflicts.run(key)
      }
      return null
    },
  }
}
