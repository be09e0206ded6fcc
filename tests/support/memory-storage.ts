import type { ApiKeyRecord } from '../../core/access/principal.ts'
import type { JsonObject } from '../../core/json.ts'
import { StorageError, type Storage } from '../../storage/ports.ts'
import { assertStorable } from './memory-storage/assert-storable.ts'
import { DocumentMap } from './memory-storage/document-map.ts'
import { createEventStore } from './memory-storage/events.ts'
import { createIdentityStore } from './memory-storage/identities.ts'
import { createProductStore } from './memory-storage/products.ts'
import { createProfileStore } from './memory-storage/profiles.ts'
import { createSealedPurchaseStore } from './memory-storage/sealed-purchases.ts'
import { createTrailStore } from './memory-storage/trails.ts'

type Stores = Omit<Storage, 'ready' | 'waitingWrites' | typeof Symbol.asyncDispose>

/** What outlives a storage that is closed: opening the same again gives the same documents. */
export function createMemoryStores(): Stores {
  const apiKeys = new DocumentMap<ApiKeyRecord>()
  const progress = new DocumentMap<JsonObject>()
  return {
    events: createEventStore(),
    trails: createTrailStore(),
    profiles: createProfileStore(),
    identities: createIdentityStore(),
    products: createProductStore(),
    sealedPurchases: createSealedPurchaseStore(),
    apiKeys: {
      get: async (id) => apiKeys.get(id) ?? null,
      list: async () => apiKeys.filter(() => true),
      put: async (record) => {
        assertStorable(record, 'key')
        apiKeys.set(record.id, record)
      },
    },
    progress: {
      get: async (id) => progress.get(id) ?? null,
      putIfAbsent: async (id, document) => {
        assertStorable(document, 'progress')
        if (progress.get(id) === undefined) progress.set(id, document)
        return progress.get(id) ?? document
      },
      put: async (id, document) => {
        assertStorable(document, 'progress')
        progress.set(id, document)
      },
    },
  }
}

/** A storage for tests that keeps the whole contract in memory. `onCall` hears of each call: `profiles.get`. */
export function openMemoryStorage(
  options: { stores?: Stores; onCall?: (name: string, args: readonly unknown[]) => void } = {},
): Storage {
  const { stores = createMemoryStores(), onCall } = options
  let open = true
  const guarded = <Store extends object>(name: string, store: Store): Store =>
    new Proxy(store, {
      get(target, property, receiver) {
        const method: unknown = Reflect.get(target, property, receiver)
        if (typeof method !== 'function') return method
        return (...args: unknown[]) => {
          onCall?.(`${name}.${String(property)}`, args)
          return open ? (method.apply(target, args) as unknown) : closed()
        }
      },
    })

  return {
    events: guarded('events', stores.events),
    trails: guarded('trails', stores.trails),
    profiles: guarded('profiles', stores.profiles),
    identities: guarded('identities', stores.identities),
    products: guarded('products', stores.products),
    sealedPurchases: guarded('sealedPurchases', stores.sealedPurchases),
    apiKeys: guarded('apiKeys', stores.apiKeys),
    progress: guarded('progress', stores.progress),
    ready: () => (open ? Promise.resolve() : closed()),
    waitingWrites: () => 0,
    [Symbol.asyncDispose]: async () => {
      open = false
    },
  }
}

function closed(): Promise<never> {
  return Promise.reject(new StorageError('the memory storage is closed', { retryable: false }))
}
