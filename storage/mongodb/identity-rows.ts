import {
  type IdentityBatch,
  type IdentityRow,
  type IdentityUndo,
  type LinkDecision,
  type LinkRecord,
  type PairRow,
} from '../../core/identity/identity-log.ts'
import { flag, integer, json, text } from '../values.ts'
import type { BatchDocument, IdentityKeyRow, PairDocument, UndoDocument } from './documents.ts'

export function readRow({ _id, ...row }: IdentityKeyRow): IdentityRow {
  return { key: _id, ...row }
}

export function identityKeyRow(row: IdentityRow): IdentityKeyRow {
  return {
    _id: text(row.key, 'row.key'),
    home: text(row.home, 'row.home'),
    profileId: text(row.profileId, 'row.profileId'),
    seq: integer(row.seq, 'row.seq'),
    since: integer(row.since, 'row.since'),
    links: integer(row.links, 'row.links'),
    userLinks: integer(row.userLinks, 'row.userLinks'),
    merges: integer(row.merges, 'row.merges'),
  }
}

export function readLink(row: PairDocument): LinkRecord {
  return {
    id: row._id,
    pair: [row.low, row.high],
    event: row.event,
    at: row.at,
    pending: row.pending === true,
    first: row.first ?? null,
    batch: row.batch ?? null,
    decision: row.decision === undefined ? null : (JSON.parse(row.decision) as LinkDecision),
  }
}

export function pairDocument({ id, pair, event, at }: PairRow): PairDocument {
  return {
    _id: text(id, 'pair.id'),
    low: text(pair[0], 'pair.pair'),
    high: text(pair[1], 'pair.pair'),
    event: text(event, 'pair.event'),
    at: integer(at, 'pair.at'),
    pending: true,
  }
}

export function readUndo({ _id, low, high, by, at }: UndoDocument): IdentityUndo {
  return { id: _id, pair: [low, high], by, at }
}

export function undoDocument({ id, pair, by, at }: IdentityUndo): UndoDocument {
  return {
    _id: text(id, 'undo.id'),
    low: text(pair[0], 'undo.pair'),
    high: text(pair[1], 'undo.pair'),
    by: text(by, 'undo.by'),
    at: integer(at, 'undo.at'),
    pending: true,
  }
}

type BatchContent = Pick<IdentityBatch, 'answers' | 'undos' | 'moves' | 'losers' | 'gainers'>

export function readBatch({ _id, at, done, content }: BatchDocument): IdentityBatch {
  return { n: _id, at, done, ...(JSON.parse(content) as BatchContent) }
}

export function batchDocument(batch: IdentityBatch): BatchDocument {
  const { answers, undos, moves, losers, gainers } = batch
  return {
    _id: integer(batch.n, 'batch.n'),
    at: integer(batch.at, 'batch.at'),
    done: flag(batch.done, 'batch.done') === 1,
    content: json({ answers, undos, moves, losers, gainers } satisfies BatchContent, 'batch'),
  }
}
