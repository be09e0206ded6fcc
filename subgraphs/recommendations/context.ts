import type { RequestContext } from '../../core/access/request-context.ts'
import type { BasketIndex } from '../../core/ranking/basket-index.ts'
import type { Loaders, LoadersFor } from '../../loaders/create-loaders.ts'

export interface RecommendationsDependencies {
  loadersFor: LoadersFor
  /** What `createRecommendationIndex` keeps up to date. */
  baskets: BasketIndex
}

export interface RecommendationsContext {
  loaders: Loaders
  baskets: BasketIndex
}

export function createRecommendationsContext({ loadersFor, baskets }: RecommendationsDependencies) {
  return (request: RequestContext): RecommendationsContext => ({ loaders: loadersFor(request), baskets })
}
