import { expect, test } from 'vitest'
import { openMongodbStorage } from '../../storage/mongodb/open.ts'
import type { Storage } from '../../storage/ports.ts'
import { runSeed } from '../simulator/run-seed.ts'
import { describeWithServer } from '../support/servers/describe-with-server.ts'
import { DOCUMENT_SERVER } from '../support/servers/document-server.ts'
import { createTestDatabase } from '../support/servers/test-database.ts'

const FIRST = Number(process.env['TEST_SEED'] ?? 1)
const SEEDS = Number(process.env['TEST_SEEDS'] ?? (process.env['TEST_SEED'] === undefined ? 15 : 1))

describeWithServer(DOCUMENT_SERVER, 'the event path on MongoDB', (server) => {
  test('keeps its promises in simulated worlds whose store is the database', async () => {
    for (let seed = FIRST; seed < FIRST + SEEDS; seed++) {
      await using database = createTestDatabase(server())
      await using storage = await openMongodbStorage({ url: database.url })
      const { counted, drained } = countCalls(storage)
      const { steps } = await runSeed(seed, { storage: () => counted }, drained).catch((cause: unknown) => {
        throw new Error(`seed ${seed} broke a promise`, { cause })
      })
      expect(steps).toBeGreaterThan(0)
    }
  })
})

/** The scheduler takes its next step when no call is on its way to the database. */
function countCalls(storage: Storage): { counted: Storage; drained: () => Promise<void> } {
  const calls = { underWay: 0 }
  const counted = <Store extends object>(store: Store): Store =>
    new Proxy(store, {
      get(target, property, receiver) {
        const method: unknown = Reflect.get(target, property, receiver)
        if (typeof method !== 'function') return method
        return async (...args: unknown[]): Promise<unknown> => {
          calls.underWay++
          try {
            return await (method.apply(target, args) as Promise<unknown>)
          } finally {
            calls.underWay--
          }
        }
      },
    })
  return {
    counted: {
      ...storage,
      events: counted(storage.events),
      trails: counted(storage.trails),
      profiles: counted(storage.profiles),
      identities: counted(storage.identities),
      products: counted(storage.products),
      sealedPurchases: counted(storage.sealedPurchases),
      progress: counted(storage.progress),
    },
    drained: async () => {
      do await new Promise((resolve) => setImmediate(resolve))
      while (calls.underWay > 0)
    },
  }
}
