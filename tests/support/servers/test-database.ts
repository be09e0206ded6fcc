import { randomUUID } from 'node:crypto'
import { MongoClient } from 'mongodb'
import type { RunningServer } from './server-kind.ts'

/** A database of its own on that server; disposing drops it. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string
}

export function createTestDatabase(server: RunningServer): TestDatabase {
  const url = new URL(server.url)
  url.pathname = `/monogram_test_${randomUUID().slice(0, 8)}`
  return {
    url: url.href,
    [Symbol.asyncDispose]: async () => {
      await using client = await MongoClient.connect(url.href)
      await client.db().dropDatabase()
    },
  }
}
