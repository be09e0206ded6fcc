import { typeDefs } from '../../schema/generated/profiles.ts'
import { createSubgraph, type Subgraph } from '../create-subgraph.ts'
import { createProfilesContext, type ProfilesDependencies } from './context.ts'
import { resolvers } from './resolvers.ts'

/** Who people are: identities, traits, metrics, and their changes as they happen. */
export function createProfilesSubgraph(dependencies: ProfilesDependencies): Subgraph {
  return createSubgraph({
    name: 'profiles',
    typeDefs,
    resolvers,
    contextFor: createProfilesContext(dependencies),
    ...(dependencies.awaitDemands && { awaitDemands: dependencies.awaitDemands }),
    onMessage: (request) => dependencies.loadersFor.forget(request),
  })
}
