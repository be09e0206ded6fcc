import { expect, test } from 'vitest'
import { createConnection } from './connection.ts'

const URL = 'mongodb://ada:s3cret@127.0.0.1:9/shop'

test('a URL may set times, and reads are given up by the server before the driver gives up the answer', async () => {
  const { client, db, maxReadMs } = createConnection(`${URL}?socketTimeoutMS=5000&maxPoolSize=7`)
  expect(db.databaseName).toBe('shop')
  expect(client.options).toMatchObject({
    maxPoolSize: 7,
    socketTimeoutMS: 5_000,
    serverSelectionTimeoutMS: 2_000,
    writeConcern: { w: 'majority', journal: true },
    readConcern: { level: 'majority' },
    retryWrites: true,
    retryReads: true,
  })
  expect(maxReadMs).toBe(4_000)
  await client.close()
})

test.each([
  ['w=1', 'w=majority'],
  ['w=majority&w=0', 'w=majority'],
  ['journal=false', 'journal=true'],
  ['retryWrites=false', 'retryWrites=true'],
  ['readPreference=secondaryPreferred', 'readPreference=primary'],
  ['readConcernLevel=local', 'readConcernLevel=majority'],
  ['socketTimeoutMS=0', 'socketTimeoutMS from 100 to 8000'],
  ['serverSelectionTimeoutMS=30000', 'serverSelectionTimeoutMS from 100 to 8000'],
  ['waitqueuetimeoutms=-1', 'from 100 to 8000'],
  ['timeoutMS=500', 'one by one'],
])('?%s is refused: a promise or a bound would be lost', (option, expected) => {
  let message = 'it was taken'
  try {
    createConnection(`${URL}?${option}`)
  } catch (error) {
    message = String(error)
  }
  expect(message).toContain('MONOGRAM_STORAGE_URL: expected ')
  expect(message).toContain(expected)
  expect(message).not.toContain('s3cret')
})
