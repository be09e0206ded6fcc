import type { Database } from '../sqlite.ts'

export const IDENTITY_ROW_COLUMNS = 'key, home, profile_id, seq, since, links, user_links, merges'
export type IdentityRowValues = readonly [
  key: string,
  home: string,
  profileId: string,
  seq: number,
  since: number,
  links: number,
  userLinks: number,
  merges: number,
]
export const PAIR_COLUMNS = 'id, low, high, event, at'
export type PairValues = readonly [id: string, low: string, high: string, event: string, at: number]
export const BATCH_COLUMNS = 'n, at, done, content'
/** `content` is JSON: answers, undos, moves, losers and gainers. */
export type BatchValues = readonly [n: number, at: number, done: 0 | 1, content: string]

/** `decision` is JSON; `refused` is 1 where the link joined nothing. */
export type PairSettlement = readonly [id: string, decision: string, refused: 1 | null]
export const UNDO_COLUMNS = 'id, low, high, asked_by, at'
export type UndoValues = readonly [id: string, low: string, high: string, by: string, at: number]

export interface IdentityWrites {
  putIdentityRows(rows: readonly IdentityRowValues[]): null
  recordPairs(pairs: readonly PairValues[]): null
  settlePairs(settled: { batch: number; pairs: readonly PairSettlement[] }): null
  reopenRefused(page: { after: string; limit: number }): string | null
  requestUndos(undos: readonly UndoValues[]): null
  settleUndos(settled: { batch: number; ids: readonly string[] }): null
  insertBatch(batch: BatchValues): boolean
  setBatchDone(n: number): null
}

export function identityWrites(db: Database): IdentityWrites {
  const putRow = db.prepare(`
    INSERT INTO identity_rows (${IDENTITY_ROW_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET
      home = excluded.home, profile_id = excluded.profile_id, seq = excluded.seq, since = excluded.since,
      links = excluded.links, user_links = excluded.user_links, merges = excluded.merges
    WHERE excluded.seq > identity_rows.seq`)
  const recordPair = db.prepare(`
    INSERT INTO identity_pairs (${PAIR_COLUMNS}, pending) VALUES (?, ?, ?, ?, ?, 1)
    ON CONFLICT (id) DO NOTHING`)
  const settlePair = db.prepare(`
    UPDATE identity_pairs
    SET pending = NULL, first_batch = coalesce(first_batch, ?1), batch = ?1, decision = ?3, refused = ?4
    WHERE id = ?2 AND (batch IS NULL OR batch < ?1)`)
  const refusedPairs = db.prepare<[id: string]>(
    'SELECT id FROM identity_pairs WHERE refused = 1 AND id > ? ORDER BY id LIMIT ?',
  )
  const reopenPair = db.prepare('UPDATE identity_pairs SET pending = 1 WHERE id = ?')
  const requestUndo = db.prepare(
    `INSERT INTO identity_undos (${UNDO_COLUMNS}) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
  )
  const settleUndo = db.prepare('UPDATE identity_undos SET batch = ? WHERE id = ? AND batch IS NULL')
  const insertBatch = db.prepare(
    `INSERT INTO identity_log (${BATCH_COLUMNS}) VALUES (?, ?, ?, ?) ON CONFLICT (n) DO NOTHING`,
  )
  const setDone = db.prepare('UPDATE identity_log SET done = 1 WHERE n = ?')

  return {
    putIdentityRows: (rows) => {
      for (const row of rows) putRow.run(...row)
      return null
    },
    recordPairs: (pairs) => {
      for (const pair of pairs) recordPair.run(...pair)
      return null
    },
    settlePairs: ({ batch, pairs }) => {
      for (const [id, decision, refused] of pairs) settlePair.run(batch, id, decision, refused)
      return null
    },
    reopenRefused: ({ after, limit }) => {
      const ids = refusedPairs.all(after, limit).map(([id]) => id)
      for (const id of ids) reopenPair.run(id)
      return ids.at(-1) ?? null
    },
    requestUndos: (undos) => {
      for (const undo of undos) requestUndo.run(...undo)
      return null
    },
    settleUndos: ({ batch, ids }) => {
      for (const id of ids) settleUndo.run(batch, id)
      return null
    },
    insertBatch: (batch) => insertBatch.run(...batch).changes === 1,
    setBatchDone: (n) => {
      setDone.run(n)
      return null
    },
  }
}
