import {
  isRefused,
  type IdentityBatch,
  type IdentityRow,
  type IdentityUndo,
  type LinkCounts,
  type LinkDecision,
  type LinkRecord,
  type PairRow,
} from '../../core/identity/identity-log.ts'
import type { IdentityStore } from '../ports.ts'
import { flag, integer, json, text } from '../values.ts'
import { idList } from './encode.ts'
import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'
import {
  BATCH_COLUMNS,
  IDENTITY_ROW_COLUMNS,
  PAIR_COLUMNS,
  UNDO_COLUMNS,
  type BatchValues,
  type IdentityRowValues,
  type PairValues,
  type UndoValues,
} from './writes/identities.ts'

export function createIdentityStore(reader: Reader, writer: Writer): IdentityStore {
  const byKeys = reader.prepare<IdentityRowValues>(
    `SELECT ${IDENTITY_ROW_COLUMNS} FROM identity_rows WHERE key IN (SELECT value FROM json_each(?))`,
  )
  const byProfiles = reader.prepare<IdentityRowValues>(`
    SELECT ${IDENTITY_ROW_COLUMNS} FROM identity_rows WHERE profile_id IN (SELECT value FROM json_each(?1))
    UNION
    SELECT ${IDENTITY_ROW_COLUMNS} FROM identity_rows WHERE home IN (SELECT value FROM json_each(?1))`)
  const pendingPairs = reader.prepare<LinkValues>(
    `SELECT ${LINK_COLUMNS} FROM identity_pairs WHERE pending = 1 ORDER BY at, id LIMIT ?`,
  )
  const pairsById = reader.prepare<LinkValues>(
    `SELECT ${LINK_COLUMNS} FROM identity_pairs WHERE id IN (SELECT value FROM json_each(?))`,
  )
  const pairsByKeys = reader.prepare<LinkValues>(`
    SELECT ${LINK_COLUMNS} FROM identity_pairs WHERE low IN (SELECT value FROM json_each(?1))
    UNION
    SELECT ${LINK_COLUMNS} FROM identity_pairs WHERE high IN (SELECT value FROM json_each(?1))`)
  const pairsAfter = reader.prepare<LinkValues>(
    `SELECT ${LINK_COLUMNS} FROM identity_pairs WHERE id > ? ORDER BY id LIMIT ?`,
  )
  const pendingUndos = reader.prepare<UndoValues>(
    `SELECT ${UNDO_COLUMNS} FROM identity_undos WHERE batch IS NULL ORDER BY at, id LIMIT ?`,
  )
  const undosByKeys = reader.prepare<readonly [...UndoValues, batch: number | null]>(`
    SELECT ${UNDO_COLUMNS}, batch FROM identity_undos
    WHERE low IN (SELECT value FROM json_each(?1)) AND high IN (SELECT value FROM json_each(?1))`)
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
    findPendingPairs: async (limit) => pendingPairs.all(limit).map(readLink),
    settlePairs: async (n, answers) => {
      if (answers.length === 0) return
      const pairs = answers.map(({ pairId, decision }) => {
        const refused = isRefused(decision) ? 1 : null
        return [text(pairId, 'answer.pairId'), json(decision, 'answer.decision'), refused] as const
      })
      await writer.run('settlePairs', { batch: integer(n, 'batch.n'), pairs })
    },
    pairs: async (ids) => pairsById.all(idList(ids)).map(readLink),
    pairsOfKeys: async (keys) => pairsByKeys.all(idList(keys)).map(readLink),
    listPairs: async (after, limit) => pairsAfter.all(after ?? '', limit).map(readLink),
    reopenRefused: async (after, limit) =>
      writer.run('reopenRefused', { after: text(after ?? '', 'after'), limit: integer(limit, 'limit') }),
    requestUndos: async (undos) => {
      if (undos.length > 0) await writer.run('requestUndos', undos.map(undoValues))
    },
    findPendingUndos: async (limit) => pendingUndos.all(limit).map(readUndo),
    undosOfKeys: async (keys) =>
      undosByKeys
        .all(idList(keys))
        .map(([id, low, high, by, at, batch]) => ({ ...readUndo([id, low, high, by, at]), batch })),
    settleUndos: async (n, ids) => {
      if (ids.length === 0) return
      await writer.run('settleUndos', {
        batch: integer(n, 'batch.n'),
        ids: ids.map((id) => text(id, 'undo.id')),
      })
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

function readRow([
  key,
  home,
  profileId,
  seq,
  since,
  links,
  userLinks,
  merges,
]: IdentityRowValues): IdentityRow {
  return { key, home, profileId, seq, since, links, userLinks, merges }
}

function rowValues(row: IdentityRow): IdentityRowValues {
  return [
    text(row.key, 'row.key'),
    text(row.home, 'row.home'),
    text(row.profileId, 'row.profileId'),
    integer(row.seq, 'row.seq'),
    integer(row.since, 'row.since'),
    integer(row.links, 'row.links'),
    integer(row.userLinks, 'row.userLinks'),
    integer(row.merges, 'row.merges'),
  ]
}

const LINK_COLUMNS = `${PAIR_COLUMNS}, pending, first_batch, batch, decision`
type LinkValues = readonly [
  ...PairValues,
  pending: 1 | null,
  first: number | null,
  batch: number | null,
  decision: string | null,
]

function readLink([id, low, high, event, at, pending, first, batch, decision]: LinkValues): LinkRecord {
  return {
    id,
    pair: [low, high],
    event,
    at,
    pending: pending === 1,
    first,
    batch,
    decision: decision === null ? null : (JSON.parse(decision) as LinkDecision),
  }
}

function readUndo([id, low, high, by, at]: UndoValues): IdentityUndo {
  return { id, pair: [low, high], by, at }
}

function undoValues({ id, pair, by, at }: IdentityUndo): UndoValues {
  return [
    text(id, 'undo.id'),
    text(pair[0], 'undo.pair'),
    text(pair[1], 'undo.pair'),
    text(by, 'undo.by'),
    integer(at, 'undo.at'),
  ]
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

type BatchContent = Pick<IdentityBatch, 'answers' | 'undos' | 'moves' | 'losers' | 'gainers'>

const NO_COUNTS: LinkCounts = { links: 0, userLinks: 0, merges: 0 }

function readBatch([n, at, done, content]: BatchValues): IdentityBatch {
  // Batches of earlier versions have no undos, and count no links.
  const { moves, ...rest } = JSON.parse(content) as Omit<BatchContent, 'undos'>
  const counted = moves.map((move) => ({ ...NO_COUNTS, ...move }))
  return { n, at, done: done === 1, undos: [], ...rest, moves: counted }
}

function batchValues(batch: IdentityBatch): BatchValues {
  const { answers, undos, moves, losers, gainers } = batch
  return [
    integer(batch.n, 'batch.n'),
    integer(batch.at, 'batch.at'),
    flag(batch.done, 'batch.done'),
    json({ answers, undos, moves, losers, gainers } satisfies BatchContent, 'batch'),
  ]
}
