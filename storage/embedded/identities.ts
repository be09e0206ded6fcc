import type { IdentityBatch, IdentityRow, PairRow } from '../../core/identity/identity-log.ts'
import type { IdentityStore } from '../ports.ts'
import { flag, idList, integer, json, text } from './encode.ts'
import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'
import {
  BATCH_COLUMNS,
  IDENTITY_ROW_COLUMNS,
  PAIR_COLUMNS,
  type BatchValues,
  type IdentityRowValues,
  type PairValues,
} from './writes/identities.ts'

export function createIdentityStore(reader: Reader, writer: Writer): IdentityStore {
  const byKeys = reader.prepare<IdentityRowValues>(
    `SELECT ${IDENTITY_ROW_COLUMNS} FROM identity_rows WHERE key IN (SELECT value FROM json_each(?))`,
  )
  const byProfiles = reader.prepare<IdentityRowValues>(`
    SELECT ${IDENTITY_ROW_COLUMNS} FROM identity_rows WHERE profile_id IN (SELECT value FROM json_each(?1))
    UNION
    SELECT ${IDENTITY_ROW_COLUMNS} FROM identity_rows WHERE home IN (SELECT value FROM json_each(?1))`)
  const pendingPairs = reader.prepare<PairValues>(
    `SELECT ${PAIR_COLUMNS} FROM identity_pairs WHERE pending = 1 ORDER BY at, id LIMIT ?`,
  )
  const newest = reader.prepare<BatchValues>(
    `SELECT ${BATCH_COLUMNS} FROM identity_log ORDER BY n DESC LIMIT 1`,
  )
  const above = reader.prepare<BatchValues>(
    `SELECT ${BATCH_COLUMNS} FROM identity_log WHERE n > ? ORDER BY n LIMIT ?`,
  )

  return {
    rows: async (keys) => new Map(byKeys.all(idList(keys)).map((row) => [row[0], readRow(row)])),
    rowsOfProfiles: async (ids) => byProfiles.all(idList(ids)).map(readRow),
    putRows: async (rows) => {
      if (rows.length > 0) await writer.run('putIdentityRows', rows.map(rowValues))
    },
    recordPairs: async (pairs) => {
      if (pairs.length > 0) await writer.run('recordPairs', pairs.map(pairValues))
    },
    findPendingPairs: async (limit) => pendingPairs.all(limit).map(readPair),
    clearPairs: async (ids) => {
      if (ids.length === 0) return
      await writer.run(
        'clearPairs',
        ids.map((id) => text(id, 'pair.id')),
      )
    },
    head: async () => {
      const row = newest.get()
      return row ? readBatch(row) : null
    },
    insertBatch: async (batch) => writer.run('insertBatch', batchValues(batch)),
    setBatchDone: async (n) => {
      await writer.run('setBatchDone', integer(n, 'batch.n'))
    },
    listBatches: async (n, limit) => above.all(n, limit).map(readBatch),
  }
}

function readRow([key, home, profileId, seq, since]: IdentityRowValues): IdentityRow {
  return { key, home, profileId, seq, since }
}

function rowValues(row: IdentityRow): IdentityRowValues {
  return [
    text(row.key, 'row.key'),
    text(row.home, 'row.home'),
    text(row.profileId, 'row.profileId'),
    integer(row.seq, 'row.seq'),
    integer(row.since, 'row.since'),
  ]
}

function readPair([id, low, high, event, at]: PairValues): PairRow {
  return { id, pair: [low, high], event, at }
}

function pairValues(pair: PairRow): PairValues {
  return [
    text(pair.id, 'pair.id'),
    text(pair.pair[0], 'pair.pair'),
    text(pair.pair[1], 'pair.pair'),
    text(pair.event, 'pair.event'),
    integer(pair.at, 'pair.at'),
  ]
}

type BatchContent = Pick<IdentityBatch, 'answers' | 'moves' | 'losers' | 'gainers'>

function readBatch([n, at, done, content]: BatchValues): IdentityBatch {
  return { n, at, done: done === 1, ...(JSON.parse(content) as BatchContent) }
}

function batchValues(batch: IdentityBatch): BatchValues {
  const { answers, moves, losers, gainers } = batch
  return [
    integer(batch.n, 'batch.n'),
    integer(batch.at, 'batch.at'),
    flag(batch.done, 'batch.done'),
    json({ answers, moves, losers, gainers } satisfies BatchContent, 'batch'),
  ]
}
