import { isRefused } from '../../core/identity/identity-log.ts'
import type { IdentityStore } from '../ports.ts'
import { integer, json, text } from '../values.ts'
import type { Calls } from './calls.ts'
import type { Collections, IdentityKeyRow, PairDocument, UndoDocument } from './documents.ts'
import { isDuplicateKey, runBulk } from './failures.ts'
import {
  batchDocument,
  identityKeyRow,
  pairDocument,
  readBatch,
  readLink,
  readRow,
  readUndo,
  undoDocument,
} from './identity-rows.ts'
import { atMost, idAfter, storableIds } from './ids.ts'

type Rows = Pick<IdentityStore, 'rows' | 'rowsOfProfiles' | 'putRows'>
type Pairs = Pick<
  IdentityStore,
  'recordPairs' | 'findPendingPairs' | 'settlePairs' | 'pairs' | 'pairsOfKeys' | 'listPairs' | 'reopenRefused'
>
type Undos = Pick<IdentityStore, 'requestUndos' | 'findPendingUndos' | 'undosOfKeys' | 'settleUndos'>
type Log = Pick<IdentityStore, 'head' | 'insertBatch' | 'setBatchDone' | 'listBatches'>

export function createIdentityStore(collections: Collections, calls: Calls): IdentityStore {
  return {
    ...identityRows(collections, calls),
    ...identityPairs(collections, calls),
    ...identityUndos(collections, calls),
    ...identityLog(collections, calls),
  }
}

function identityRows({ identityKeys }: Collections, calls: Calls): Rows {
  return {
    rows: (keys) =>
      calls.run(async () => {
        const wanted = storableIds(keys)
        if (wanted.length === 0) return new Map()
        const rows = await identityKeys.find({ _id: { $in: wanted } }).toArray()
        return new Map(rows.map((row) => [row._id, readRow(row)]))
      }),
    rowsOfProfiles: (ids) =>
      calls.run(async () => {
        const wanted = storableIds(ids)
        if (wanted.length === 0) return []
        const filter = { $or: [{ profileId: { $in: wanted } }, { home: { $in: wanted } }] }
        return (await identityKeys.find(filter).toArray()).map(readRow)
      }),
    putRows: (rows) =>
      calls.run(async () => {
        if (rows.length === 0) return
        const writes = rows.map(identityKeyRow)
        const { duplicates } = await runBulk(() => identityKeys.bulkWrite(writes.map(raise(true)), UNORDERED))
        // There is a row, of a sequence not below, or one that came into being at the same moment: ask once more.
        const again = writes.filter((_, index) => duplicates.has(index))
        if (again.length > 0) await identityKeys.bulkWrite(again.map(raise(false)), UNORDERED)
      }),
  }
}

/** Replaces a row whose sequence is below. */
function raise(upsert: boolean) {
  return ({ _id, ...fields }: IdentityKeyRow) => ({
    updateOne: { filter: { _id, seq: { $lt: fields.seq } }, update: { $set: fields }, upsert },
  })
}

const UNORDERED = { ordered: false } as const

function identityPairs({ pairs }: Collections, calls: Calls): Pairs {
  return {
    recordPairs: (recorded) =>
      calls.run(async () => {
        if (recorded.length === 0) return
        const operations = recorded.map(pairDocument).map(({ _id, ...fields }) => ({
          updateOne: { filter: { _id }, update: { $setOnInsert: fields }, upsert: true },
        }))
        await runBulk(() => pairs.bulkWrite(operations, UNORDERED))
      }),
    findPendingPairs: (limit) =>
      calls.run(async () => {
        const rows = await pairs
          .find({ pending: true })
          .sort({ at: 1, _id: 1 })
          .limit(atMost(limit))
          .toArray()
        return rows.map(readLink)
      }),
    settlePairs: (n, answers) =>
      calls.run(async () => {
        if (answers.length === 0) return
        const batch = integer(n, 'batch.n')
        const operations = answers.map(({ pairId, decision }) => {
          const refused = isRefused(decision)
          return {
            updateOne: {
              // No batch yet, or an earlier one. The first stays the first: numbers rise.
              filter: { _id: text(pairId, 'answer.pairId'), batch: { $not: { $gte: batch } } },
              update: {
                $set: {
                  batch,
                  decision: json(decision, 'answer.decision'),
                  ...(refused && { refused: true as const }),
                },
                $min: { first: batch },
                $unset: { pending: '' as const, ...(!refused && { refused: '' as const }) },
              },
            },
          }
        })
        await pairs.bulkWrite(operations, UNORDERED)
      }),
    pairs: (ids) =>
      calls.run(async () => {
        const wanted = storableIds(ids)
        if (wanted.length === 0) return []
        return (await pairs.find({ _id: { $in: wanted } }).toArray()).map(readLink)
      }),
    pairsOfKeys: (keys) =>
      calls.run(async () => {
        const wanted = storableIds(keys)
        if (wanted.length === 0) return []
        const filter = { $or: [{ low: { $in: wanted } }, { high: { $in: wanted } }] }
        return (await pairs.find(filter).toArray()).map(readLink)
      }),
    listPairs: (after, limit) =>
      calls.run(async () => {
        const rows = await pairs
          .find({ _id: { $gt: idAfter(after) } })
          .sort({ _id: 1 })
          .limit(atMost(limit))
          .toArray()
        return rows.map(readLink)
      }),
    reopenRefused: (after, limit) =>
      calls.run(async () => {
        const rows = await pairs
          .find({ refused: true, _id: { $gt: idAfter(after) } })
          .project<Pick<PairDocument, '_id'>>({ _id: 1 })
          .sort({ _id: 1 })
          .limit(atMost(limit))
          .toArray()
        const last = rows.at(-1)
        if (!last) return null
        const wanted = rows.map(({ _id }) => _id)
        await pairs.updateMany({ _id: { $in: wanted }, refused: true }, { $set: { pending: true } })
        return last._id
      }),
  }
}

function identityUndos({ undos }: Collections, calls: Calls): Undos {
  return {
    requestUndos: (requested) =>
      calls.run(async () => {
        if (requested.length === 0) return
        const operations = requested.map(undoDocument).map(({ _id, ...fields }) => ({
          updateOne: { filter: { _id }, update: { $setOnInsert: fields }, upsert: true },
        }))
        await runBulk(() => undos.bulkWrite(operations, UNORDERED))
      }),
    findPendingUndos: (limit) =>
      calls.run(async () => {
        const rows = await undos
          .find({ pending: true })
          .sort({ at: 1, _id: 1 })
          .limit(atMost(limit))
          .toArray()
        return rows.map(readUndo)
      }),
    undosOfKeys: (keys) =>
      calls.run(async () => {
        const wanted = storableIds(keys)
        if (wanted.length === 0) return []
        const rows = await undos.find({ low: { $in: wanted }, high: { $in: wanted } }).toArray()
        return rows.map((row: UndoDocument) => ({ ...readUndo(row), batch: row.batch ?? null }))
      }),
    settleUndos: (n, ids) =>
      calls.run(async () => {
        const batch = integer(n, 'batch.n')
        const wanted = ids.map((id) => text(id, 'undo.id'))
        if (wanted.length === 0) return
        await undos.updateMany(
          { _id: { $in: wanted }, pending: true },
          { $set: { batch }, $unset: { pending: '' } },
        )
      }),
  }
}

function identityLog({ batches }: Collections, calls: Calls): Log {
  return {
    head: () =>
      calls.run(async () => {
        const [row] = await batches.find().sort({ _id: -1 }).limit(1).toArray()
        return row ? readBatch(row) : null
      }),
    insertBatch: (batch) =>
      calls.run(async () => {
        const document = batchDocument(batch)
        try {
          await batches.insertOne(document)
          return true
        } catch (error) {
          if (isDuplicateKey(error)) return false
          throw error
        }
      }),
    setBatchDone: (n) =>
      calls.run(async () => {
        await batches.updateOne({ _id: integer(n, 'batch.n') }, { $set: { done: true } })
      }),
    listBatches: (above, limit) =>
      calls.run(async () => {
        const rows = await batches
          .find({ _id: { $gt: integer(above, 'above') } })
          .sort({ _id: 1 })
          .limit(atMost(limit))
          .toArray()
        return rows.map(readBatch)
      }),
  }
}
