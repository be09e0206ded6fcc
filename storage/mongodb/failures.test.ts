import {
  MongoBulkWriteError,
  MongoNetworkError,
  MongoServerError,
  type BulkWriteResult,
  type WriteError,
} from 'mongodb'
import { expect, test } from 'vitest'
import { asStorageError, runBulk } from './failures.ts'

const answered = (code: number): MongoServerError => new MongoServerError({ message: `code ${code}`, code })

/** As the driver throws it for a list of writes. */
function bulkError(fields: {
  code?: number | string
  writeErrors?: readonly { code: number; index: number }[]
  isUnsure?: boolean
}): MongoBulkWriteError {
  const { code, writeErrors = [], isUnsure = false } = fields
  const result = { getWriteConcernError: () => (isUnsure ? {} : undefined) } as unknown as BulkWriteResult
  return new MongoBulkWriteError(
    { message: 'of a list', code: code as number, writeErrors: writeErrors as WriteError[] },
    result,
  )
}

test.each([
  ['another primary', answered(10_107)],
  ['a primary that steps down', answered(189)],
  ['a router that finds no primary', answered(133)],
  ['a cursor that was lost in a failover', answered(43)],
  ['a slow read', answered(50)],
  ['a write that the majority has not confirmed in time', answered(64)],
  ['chunks that moved', answered(13_388)],
  ['a connection that is cut', new MongoNetworkError('connection 1 closed')],
  ['a connection that is cut while something is written', Object.assign(new Error(), { syscall: 'write' })],
  ['a list of writes that got no answer', bulkError({})],
  ['a list of writes whose connection was reset', bulkError({ code: 'ECONNRESET' })],
  ['a list of writes that the majority has not confirmed', bulkError({ isUnsure: true })],
])('%s may pass', (_, error) => {
  expect(asStorageError(error)).toMatchObject({ name: 'StorageError', retryable: true })
})

test.each([
  ['a missing right', answered(13)],
  ['a document that is too large', answered(10_334)],
  ['an unknown command', answered(59)],
  ['a bug of ours', new RangeError('of ours')],
])('%s does not pass by itself', (_, error) => {
  expect(asStorageError(error)).toMatchObject({ name: 'StorageError', retryable: false })
})

test('of a list of writes the ids that were taken are told, and nothing is told when anything else is wrong with it', async () => {
  const taken = bulkError({ code: 11_000, writeErrors: [{ code: 11_000, index: 2 }] })
  expect((await runBulk(() => Promise.reject(taken))).duplicates).toEqual(new Set([2]))
  const unsure = bulkError({ code: 11_000, writeErrors: [{ code: 11_000, index: 2 }], isUnsure: true })
  const mixed = bulkError({
    code: 11_000,
    writeErrors: [
      { code: 11_000, index: 2 },
      { code: 13, index: 3 },
    ],
  })
  for (const error of [unsure, mixed, bulkError({}), answered(10_107)]) {
    await expect(runBulk(() => Promise.reject(error))).rejects.toBe(error)
  }
})
