import { Gauge, type Metric } from 'prom-client'
import { createLoaders } from '../loaders/create-loaders.ts'
import { createStandingLoader } from '../loaders/standing-loader.ts'
import type { Config } from '../platform/config/config.ts'
import type { Log } from '../platform/log.ts'
import { ResourceStack } from '../platform/resource-stack.ts'
import type { SubgraphName } from '../platform/roles.ts'
import { createAwaitDemands } from '../subgraphs/await-demands.ts'
import type { Subgraph } from '../subgraphs/create-subgraph.ts'
import { createEventsSubgraph } from '../subgraphs/events/index.ts'
import { createProductsSubgraph } from '../subgraphs/products/index.ts'
import { createProfilesSubgraph } from '../subgraphs/profiles/index.ts'
import { createRecommendationsSubgraph } from '../subgraphs/recommendations/index.ts'
import { createRecommendationIndex } from '../subgraphs/recommendations/index-feed.ts'
import type { OpenedServices } from './open-services.ts'

export interface ServedSubgraphs extends AsyncDisposable {
  /** Of those that were asked for. */
  byName: ReadonlyMap<SubgraphName, Subgraph>
  /** Resolves when recommendations know the orders that were in the log at the start. */
  recommendationsReady: Promise<void>
  metrics: readonly Metric[]
}

/** Some of the four subgraphs, or all, in this process, on one store. */
export async function createSubgraphs(
  services: OpenedServices,
  names: readonly SubgraphName[],
  { currency, country }: Pick<Config, 'currency' | 'country'>,
  log: Log,
): Promise<ServedSubgraphs> {
  const { storage, stream, clock, undoMerge } = services
  const { feed } = stream
  const loadersFor = createLoaders({ storage, currency })
  const awaitDemands = createAwaitDemands({ standings: createStandingLoader(storage), feed })
  await using opening = new ResourceStack()
  let recommendationsReady = Promise.resolve()
  const metrics: Metric[] = []
  const create: Record<SubgraphName, () => Subgraph> = {
    profiles: () =>
      createProfilesSubgraph({
        storage,
        feed,
        loadersFor,
        clock,
        undoMerge,
        currency,
        country,
        awaitDemands,
      }),
    events: () => createEventsSubgraph({ loadersFor, currency }),
    products: () => createProductsSubgraph({ loadersFor, awaitDemands }),
    recommendations() {
      const index = opening.use(createRecommendationIndex({ storage, feed, log }))
      recommendationsReady = index.ready
      metrics.push(readyGauge(index.ready))
      return createRecommendationsSubgraph({ loadersFor, baskets: index.baskets })
    },
  }
  const byName = new Map(names.map((name) => [name, create[name]()]))
  const opened = opening.move()
  return { byName, recommendationsReady, metrics, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() }
}

function readyGauge(ready: Promise<void>): Metric {
  const gauge = new Gauge({
    name: 'monogram_recommendations_ready',
    help: '1 when the orders of the log are counted; until then, what is popular stands in for what is bought together.',
    registers: [],
  })
  void ready.then(() => gauge.set(1))
  return gauge
}
