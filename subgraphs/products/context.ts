import type { RequestContext } from '../../core/access/request-context.ts'
import type { AwaitDemands } from '../await-demands.ts'
import type { Loaders, LoadersFor } from '../../loaders/create-loaders.ts'

export interface ProductsDependencies {
  loadersFor: LoadersFor
  /** As that of the profiles subgraph: an event's products are in the catalogue before its row has its mark. */
  awaitDemands?: AwaitDemands
}

export interface ProductsContext {
  loaders: Loaders
}

export function createProductsContext({ loadersFor }: ProductsDependencies) {
  return (request: RequestContext): ProductsContext => ({ loaders: loadersFor(request) })
}
