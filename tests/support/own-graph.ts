import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BasketIndex } from '../../core/ranking/basket-index.ts'
import { createGateway, type Gateway } from '../../gateway/create-gateway.ts'
import { createLoaders } from '../../loaders/create-loaders.ts'
import { projectRoot } from '../../platform/project-root.ts'
import type { Storage } from '../../storage/ports.ts'
import type { ChangeFeed } from '../../stream/ports.ts'
import { createEventsSubgraph } from '../../subgraphs/events/index.ts'
import { createProductsSubgraph } from '../../subgraphs/products/index.ts'
import type { ProfilesDependencies } from '../../subgraphs/profiles/context.ts'
import { createProfilesSubgraph } from '../../subgraphs/profiles/index.ts'
import { createRecommendationsSubgraph } from '../../subgraphs/recommendations/index.ts'

export interface OwnGraphOptions {
  storage: Storage
  feed: ChangeFeed
  /** Milliseconds, at which everything is asked. */
  now: number
  undoMerge?: ProfilesDependencies['undoMerge']
  baskets?: BasketIndex
}

/** The product's own graph: its four subgraphs in this process, behind the gateway. */
export async function createOwnGraph(options: OwnGraphOptions): Promise<Gateway> {
  const { storage, feed, now, baskets = new BasketIndex() } = options
  const { undoMerge = () => Promise.reject(new Error('nothing is linked here')) } = options
  const currency = 'GBP'
  const loadersFor = createLoaders({ storage, currency })
  return createGateway({
    supergraphSdl: await readFile(join(projectRoot(import.meta.url), 'schema', 'supergraph.graphql'), 'utf8'),
    subgraphs: {
      profiles: createProfilesSubgraph({
        storage,
        feed,
        loadersFor,
        clock: () => now,
        undoMerge,
        currency,
      }),
      events: createEventsSubgraph({ loadersFor, currency }),
      products: createProductsSubgraph({ loadersFor }),
      recommendations: createRecommendationsSubgraph({ loadersFor, baskets }),
    },
  })
}
