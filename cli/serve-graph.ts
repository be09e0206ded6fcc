import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createGateway, type Gateway } from '../gateway/create-gateway.ts'
import { createLoaders } from '../loaders/create-loaders.ts'
import type { Log } from '../platform/log.ts'
import { createEventsSubgraph } from '../subgraphs/events/index.ts'
import { createProductsSubgraph } from '../subgraphs/products/index.ts'
import { createProfilesSubgraph } from '../subgraphs/profiles/index.ts'
import { createRecommendationsSubgraph } from '../subgraphs/recommendations/index.ts'
import { createRecommendationIndex } from '../subgraphs/recommendations/index-feed.ts'
import type { OpenedServices } from './open-services.ts'

export interface ServedGraph extends AsyncDisposable {
  gateway: Gateway
  /** Resolves when recommendations know the orders that were in the log at the start. */
  recommendationsReady: Promise<void>
}

/** The four subgraphs in this process, behind the gateway. */
export async function serveGraph(
  services: OpenedServices,
  options: { root: string; currency: string; country: string | null; log: Log },
): Promise<ServedGraph> {
  const { storage, feed, clock, undoMerge } = services
  const { root, currency, country, log } = options
  const supergraphSdl = await readFile(join(root, 'schema', 'supergraph.graphql'), 'utf8')
  const loadersFor = createLoaders({ storage })
  const index = createRecommendationIndex({ storage, feed, log })
  const gateway = createGateway({
    supergraphSdl,
    subgraphs: {
      profiles: createProfilesSubgraph({ storage, feed, loadersFor, clock, undoMerge, currency, country }),
      events: createEventsSubgraph({ loadersFor, currency }),
      products: createProductsSubgraph({ loadersFor }),
      recommendations: createRecommendationsSubgraph({ loadersFor, baskets: index.baskets }),
    },
  })
  return {
    gateway,
    recommendationsReady: index.ready,
    [Symbol.asyncDispose]: () => index[Symbol.asyncDispose](),
  }
}
