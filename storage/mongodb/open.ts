import { systemClock, type Clock } from '../../platform/clock.ts'
import type { Storage } from '../ports.ts'
import { createApiKeyStore } from './api-keys.ts'
import { createArrivals } from './arrival.ts'
import { createCalls } from './calls.ts'
import { createConnection, type Connection, type OnCommand } from './connection.ts'
import { openCollections } from './documents.ts'
import { createEventRoutes } from './event-routes.ts'
import { createEventStore } from './events.ts'
import { unusable } from './failures.ts'
import { createIdentityStore } from './identities.ts'
import { migrate } from './migrations.ts'
import { createProductStore } from './products.ts'
import { createProfileStore } from './profiles.ts'
import { createProgressStore } from './progress.ts'
import { createSealedPurchaseStore } from './sealed-purchases.ts'
import { createTrailStore } from './trails.ts'

export interface MongodbStorageOptions {
  /** `mongodb://…` or `mongodb+srv://…`; its path names the database, `monogram` where it has none. */
  url: string
  clock?: Clock
  onCommand?: OnCommand
}

/**
 * The store in a MongoDB database, which any number of processes may have open. Rejects with MonogramError
 * (CONFIG_INVALID, STORAGE_NEWER, STORAGE_UNAVAILABLE), never with a password in its message.
 */
export async function openMongodbStorage(options: MongodbStorageOptions): Promise<Storage> {
  const { url, clock = systemClock, onCommand } = options
  const connection = createConnection(url, onCommand)
  try {
    await connection.client.connect()
    await migrate(connection.db, { clock })
    const storage = assemble(connection, clock)
    await storage.ready()
    return storage
  } catch (error) {
    await connection.client.close()
    throw unusable(error)
  }
}

function assemble({ client, db, maxReadMs }: Connection, clock: Clock): Storage {
  const collections = openCollections(db, maxReadMs)
  const calls = createCalls()
  const routes = createEventRoutes()
  let probing: Promise<void> | null = null
  let closing: Promise<void> | null = null
  return {
    events: createEventStore({ collections, calls, routes, nextArrival: createArrivals(clock), clock }),
    trails: createTrailStore(collections, calls),
    profiles: createProfileStore(collections, calls),
    identities: createIdentityStore(collections, calls),
    products: createProductStore(collections, calls),
    sealedPurchases: createSealedPurchaseStore(collections, calls),
    apiKeys: createApiKeyStore(collections, calls),
    progress: createProgressStore(collections, calls),
    // One probe serves all who ask while it is under way: health checks cannot become a load of writes.
    ready: () => {
      probing ??= calls
        .run(async () => {
          await collections.probes.updateOne({ _id: 'ready' }, { $inc: { writes: 1 } }, { upsert: true })
        })
        .finally(() => (probing = null))
      return probing
    },
    // They are sent at once; what waits, waits in the database.
    waitingWrites: () => 0,
    [Symbol.asyncDispose]: () => {
      closing ??= calls.close().then(() => client.close())
      return closing
    },
  }
}
