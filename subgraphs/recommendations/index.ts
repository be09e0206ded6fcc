import { typeDefs } from '../../schema/generated/recommendations.ts'
import { createSubgraph, type Subgraph } from '../create-subgraph.ts'
import { createRecommendationsContext, type RecommendationsDependencies } from './context.ts'
import { resolvers } from './resolvers.ts'

/** What a person may like next, and why. */
export function createRecommendationsSubgraph(dependencies: RecommendationsDependencies): Subgraph {
  return createSubgraph({
    name: 'recommendations',
    typeDefs,
    resolvers,
    contextFor: createRecommendationsContext(dependencies),
  })
}
