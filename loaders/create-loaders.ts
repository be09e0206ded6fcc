import type { RequestContext } from '../core/access/request-context.ts'
import { createTrailLog } from '../core/profile/trail-log.ts'
import type { Storage } from '../storage/ports.ts'
import {
  createEventConflictsLoader,
  createTrailConflictsLoader,
  type EventConflictsLoader,
  type TrailConflictsLoader,
} from './conflict-loaders.ts'
import {
  createEventCountLoader,
  createEventListLoader,
  type EventCountLoader,
  type EventListLoader,
} from './event-list-loader.ts'
import { createEventLoader, type EventLoader } from './event-loader.ts'
import {
  createIdentityRowLoader,
  createKeyLinksLoader,
  type IdentityRowLoader,
  type KeyLinksLoader,
} from './identity-loaders.ts'
import { createProductLoader, type ProductLoader } from './product-loader.ts'
import { createProfileIdLoader, type ProfileIdLoader } from './profile-id-loader.ts'
import { createProfileLoader, type ProfileLoader } from './profile-loader.ts'
import { createRollingLoader, type RollingLoader } from './rolling-loader.ts'
import { createWaitingSinceLoader, type WaitingSinceLoader } from './waiting-since-loader.ts'

/** What one request has read, and reads together. */
export interface Loaders {
  profileIds: ProfileIdLoader
  profiles: ProfileLoader
  identityRows: IdentityRowLoader
  keyLinks: KeyLinksLoader
  events: EventLoader
  eventLists: EventListLoader
  eventCounts: EventCountLoader
  eventConflicts: EventConflictsLoader
  trailConflicts: TrailConflictsLoader
  products: ProductLoader
  rolling: RollingLoader
  waitingSince: WaitingSinceLoader
}

export interface LoadersFor {
  /** The loaders of a request: the same for every subgraph that is given the same context object. */
  (context: RequestContext): Loaders
  /** The request goes on to another answer, such as the next message of a subscription: what was read is out of date. */
  forget(context: RequestContext): void
}

export interface LoaderOptions {
  storage: Pick<Storage, 'profiles' | 'identities' | 'events' | 'products' | 'trails' | 'sealedPurchases'>
  /** ISO 4217 code of amounts that come without one. */
  currency: string
  /** How much one read of the store may ask for. */
  maxBatchSize?: number
}

/**
 * A set of loaders for each request, gone with its context. A set remembers what it has read, so that an answer is
 * made from one state of each document.
 */
export function createLoaders({ storage, currency, maxBatchSize = 500 }: LoaderOptions): LoadersFor {
  const sets = new WeakMap<RequestContext, Loaders>()
  const trailLog = createTrailLog(storage, currency)

  const loadersFor = (context: RequestContext): Loaders => {
    const present = sets.get(context)
    if (present) return present
    const loaders: Loaders = {
      profileIds: createProfileIdLoader(storage.identities, maxBatchSize),
      profiles: createProfileLoader(storage.profiles, maxBatchSize),
      identityRows: createIdentityRowLoader(storage.identities, maxBatchSize),
      keyLinks: createKeyLinksLoader(storage.identities, maxBatchSize),
      events: createEventLoader(storage.events, maxBatchSize),
      eventLists: createEventListLoader(storage.events, maxBatchSize),
      eventCounts: createEventCountLoader(storage.events, maxBatchSize),
      eventConflicts: createEventConflictsLoader(storage.events, maxBatchSize),
      trailConflicts: createTrailConflictsLoader(storage.events, maxBatchSize),
      products: createProductLoader(storage.products, maxBatchSize),
      rolling: createRollingLoader(storage, { maxBatchSize, trailLog }),
      waitingSince: createWaitingSinceLoader(storage, maxBatchSize),
    }
    sets.set(context, loaders)
    return loaders
  }

  return Object.assign(loadersFor, { forget: (context: RequestContext) => void sets.delete(context) })
}
