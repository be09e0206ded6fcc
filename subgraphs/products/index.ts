import { typeDefs } from '../../schema/generated/products.ts'
import { createSubgraph, type Subgraph } from '../create-subgraph.ts'
import { createProductsContext, type ProductsDependencies } from './context.ts'
import { resolvers } from './resolvers.ts'

/** What is sold: the catalogue that imports and events make. */
export function createProductsSubgraph(dependencies: ProductsDependencies): Subgraph {
  return createSubgraph({
    name: 'products',
    typeDefs,
    resolvers,
    contextFor: createProductsContext(dependencies),
    ...(dependencies.awaitDemands && { awaitDemands: dependencies.awaitDemands }),
  })
}
