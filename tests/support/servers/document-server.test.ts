import { MongoClient } from 'mongodb'
import { expect, test } from 'vitest'
import { describeWithServer } from './describe-with-server.ts'
import { DOCUMENT_SERVER } from './document-server.ts'

describeWithServer(DOCUMENT_SERVER, 'the document server', (server) => {
  test('loses no update when many change one document', async () => {
    await using client = await MongoClient.connect(server().url)
    const counters = client.db('monogram_test').collection<{ _id: string; count: number }>('counters')
    await counters.insertOne({ _id: 'a', count: 0 })
    const raise = async (): Promise<void> => {
      for (let won = 0; won < 10;) {
        const found = await counters.findOne({ _id: 'a' })
        const count = found?.count ?? 0
        const { matchedCount } = await counters.updateOne({ _id: 'a', count }, { $set: { count: count + 1 } })
        won += matchedCount
      }
    }
    await Promise.all(Array.from({ length: 8 }, raise))
    expect(await counters.findOne({ _id: 'a' })).toEqual({ _id: 'a', count: 80 })
    await client.db('monogram_test').dropDatabase()
  })
})
