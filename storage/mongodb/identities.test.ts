import { MongoBulkWriteError, type BulkWriteResult, type WriteError } from 'mongodb'
import { expect, test } from 'vitest'
import { aRow } from '../contract/documents.ts'
import { createCalls } from './calls.ts'
import type { Collections } from './documents.ts'
import { createIdentityStore } from './identities.ts'

/*
 * The protocol server of the contract's tests carries out one write after the other, so it cannot show this race: two
 * upserts find no row, both insert, and the one that comes second is refused although its sequence is the higher.
 */
test('a row that came into being at the same moment is raised all the same', async () => {
  const asked: { key: string; upsert: boolean }[][] = []
  const identityKeys = {
    bulkWrite: async (operations: { updateOne: { filter: { _id: string }; upsert: boolean } }[]) => {
      asked.push(operations.map(({ updateOne: { filter, upsert } }) => ({ key: filter._id, upsert })))
      const result = { getWriteConcernError: () => undefined } as unknown as BulkWriteResult
      if (asked.length === 1) throw duplicateAt(1, result)
      return result
    },
  }
  const store = createIdentityStore({ identityKeys } as unknown as Collections, createCalls())
  await store.putRows([aRow('userId:a'), aRow('userId:b')])
  expect(asked).toEqual([
    [
      { key: 'userId:a', upsert: true },
      { key: 'userId:b', upsert: true },
    ],
    [{ key: 'userId:b', upsert: false }],
  ])
})

function duplicateAt(index: number, result: BulkWriteResult): MongoBulkWriteError {
  const writeErrors = [{ code: 11_000, index } as WriteError]
  return new MongoBulkWriteError({ message: 'E11000 duplicate key', code: 11_000, writeErrors }, result)
}
