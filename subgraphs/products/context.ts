import type { RequestContext } from '../../core/access/request-context.ts'
import type { Loaders, LoadersFor } from '../../loaders/create-loaders.ts'

export interface ProductsDependencies {
  loadersFor: LoadersFor
}

export interface ProductsContext {
  loaders: Loaders
}

export function createProductsContext({ loadersFor }: ProductsDependencies) {
  return (request: RequestContext): ProductsContext => ({ loaders: loadersFor(request) })
}
