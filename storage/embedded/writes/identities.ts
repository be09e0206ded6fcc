import type { Database } from '../sqlite.ts'

export const IDENTITY_ROW_COLUMNS = 'key, home, profile_id, seq, since'
export type IdentityRowValues = readonly [
  key: string,
  home: string,
  profileId: string,
  seq: number,
  since: number,
]
export const PAIR_COLUMNS = 'id, low, high, event, at'
export type PairValues = readonly [id: string, low: string, high: string, event: string, at: number]
export const BATCH_COLUMNS = 'n, at, done, content'
/** `content` is JSON: answers, moves, losers and gainers. */
export type BatchValues = readonly [n: number, at: number, done: 0 | 1, content: string]

export interface IdentityWrites {
  putIdentityRows(rows: readonly IdentityRowValues[]): null
  recordPairs(pairs: readonly PairValues[]): null
  clearPairs(ids: readonly string[]): null
  insertBatch(batch: BatchValues): boolean
  setBatchDone(n: number): null
}

export function identityWrites(db: Database): IdentityWrites {
  const putRow = db.prepare(`
    INSERT INTO identity_rows (${IDENTITY_ROW_COLUMNS}) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET
      home = excluded.home, profile_id = excluded.profile_id, seq = excluded.seq, since = excluded.since
    WHERE excluded.seq > identity_rows.seq`)
  const recordPair = db.prepare(`
    INSERT INTO identity_pairs (${PAIR_COLUMNS}, pending) VALUES (?, ?, ?, ?, ?, 1)
    ON CONFLICT (id) DO NOTHING`)
  const clearPair = db.prepare('UPDATE identity_pairs SET pending = NULL WHERE id = ? AND pending = 1')
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
    clearPairs: (ids) => {
      for (const id of ids) clearPair.run(id)
      return null
    },
    insertBatch: (batch) => insertBatch.run(...batch).changes === 1,
    setBatchDone: (n) => {
      setDone.run(n)
      return null
    },
  }
}
