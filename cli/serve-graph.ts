import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { EntityCache } from '../gateway/cache/entity-cache.ts'
import { openEntityCache } from '../gateway/cache/open-entity-cache.ts'
import { createGateway, type Gateway } from '../gateway/create-gateway.ts'
import { loadDocuments, type TrustedDocuments } from '../gateway/documents/load-documents.ts'
import { fallbackDirectives } from '../gateway/fallback/fallback-directives.ts'
import { createLoaders } from '../loaders/create-loaders.ts'
import { createStandingLoader } from '../loaders/standing-loader.ts'
import type { Log } from '../platform/log.ts'
import { ResourceStack } from '../platform/resource-stack.ts'
import { createAwaitDemands } from '../subgraphs/await-demands.ts'
import { createEventsSubgraph } from '../subgraphs/events/index.ts'
import { createProductsSubgraph } from '../subgraphs/products/index.ts'
import { createProfilesSubgraph } from '../subgraphs/profiles/index.ts'
import { createRecommendationsSubgraph } from '../subgraphs/recommendations/index.ts'
import { createRecommendationIndex } from '../subgraphs/recommendations/index-feed.ts'
import type { OpenedServices } from './open-services.ts'

export interface ServeGraphOptions {
  root: string
  currency: string
  country: string | null
  /** Of the entity cache; 0: none. */
  cacheMaxBytes: number
  cacheSampleOneIn: number
  log: Log
}

export interface ServedGraph extends AsyncDisposable {
  gateway: Gateway
  cache: EntityCache | null
  /** Those of `documents/`. */
  documents: TrustedDocuments
  /** Resolves when recommendations know the orders that were in the log at the start. */
  recommendationsReady: Promise<void>
}

/** The four subgraphs in this process, behind the gateway. */
export async function serveGraph(services: OpenedServices, options: ServeGraphOptions): Promise<ServedGraph> {
  const { storage, stream, clock, undoMerge } = services
  const { feed } = stream
  const { root, currency, country, log } = options
  const supergraphSdl = await readFile(join(root, 'schema', 'supergraph.graphql'), 'utf8')
  const loadersFor = createLoaders({ storage })
  const awaitDemands = createAwaitDemands({ standings: createStandingLoader(storage), feed })
  await using opening = new ResourceStack()
  const index = opening.use(createRecommendationIndex({ storage, feed, log }))
  const byField = fallbackDirectives(supergraphSdl)
  const { cache } =
    options.cacheMaxBytes > 0
      ? opening.use(
          openEntityCache({
            maxBytes: options.cacheMaxBytes,
            sampleOneIn: options.cacheSampleOneIn,
            feed,
            store: null,
            clock,
            log,
          }),
        )
      : { cache: null }
  const gateway = createGateway({
    supergraphSdl,
    cache,
    fallbacks: byField,
    subgraphs: {
      profiles: createProfilesSubgraph({
        storage,
        feed,
        loadersFor,
        clock,
        undoMerge,
        currency,
        country,
        awaitDemands,
      }),
      events: createEventsSubgraph({ loadersFor, currency }),
      products: createProductsSubgraph({ loadersFor, awaitDemands }),
      recommendations: createRecommendationsSubgraph({ loadersFor, baskets: index.baskets }),
    },
  })
  opening.use(gateway)
  const documents = await loadDocuments({ path: join(root, 'documents'), gateway, byField })
  const opened = opening.move()
  return {
    gateway,
    cache,
    documents,
    recommendationsReady: index.ready,
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  }
}
