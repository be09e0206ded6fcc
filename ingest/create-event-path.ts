import { DEFAULT_IDENTITY_RULES, type IdentityRules } from '../core/identity/rules.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import type { Storage } from '../storage/ports.ts'
import type { ChangeFeed } from '../stream/ports.ts'
import { createAccept, type Accept } from './accept.ts'
import { createCatalogue, type Catalogue } from './catalogue.ts'
import { createFold } from './fold.ts'
import { createIdentityLog } from './identity/identity-log.ts'
import { createMaterialise } from './materialise.ts'
import { createRelay } from './relay.ts'
import { createSweep } from './sweep.ts'
import { createWorker, type Worker } from './worker.ts'

export interface EventPathOptions {
  storage: Storage
  feed: ChangeFeed
  clock: Clock
  log: Log
  /** ISO 4217 code of amounts that come without one. */
  currency: string
  identityRules?: IdentityRules
  pollMs?: number
}

/** The way of an event, from acceptance to the feed. */
export interface EventPath extends AsyncDisposable {
  accept: Accept
  catalogue: Catalogue
  worker: Worker
}

export function createEventPath(options: EventPathOptions): EventPath {
  const { storage, feed, clock, log, currency } = options
  const { events, trails, profiles, identities, products } = storage
  const catalogue = createCatalogue({ products, clock })
  const materialise = createMaterialise({ profiles, trails, identities, clock })
  const worker = createWorker({
    storage,
    fold: createFold({ events, trails, catalogue, currency, log }),
    materialise,
    identityLog: createIdentityLog({
      identities,
      materialise,
      rules: options.identityRules ?? DEFAULT_IDENTITY_RULES,
      clock,
    }),
    sweep: createSweep({ profiles, materialise, clock, log }),
    relay: createRelay({ profiles, products, feed }),
    log,
    ...(options.pollMs === undefined ? {} : { pollMs: options.pollMs }),
  })
  return {
    accept: createAccept({ events, clock, onStored: () => worker.wake() }),
    catalogue: {
      async upsert(patches) {
        await catalogue.upsert(patches)
        worker.wake()
      },
    },
    worker,
    [Symbol.asyncDispose]: () => worker[Symbol.asyncDispose](),
  }
}
