import { typeDefs } from '../../schema/generated/events.ts'
import { createSubgraph, type Subgraph } from '../create-subgraph.ts'
import { createEventsContext, type EventsDependencies } from './context.ts'
import { resolvers } from './resolvers.ts'

/** What people did: events, newest first, and the lines of their orders. */
export function createEventsSubgraph(dependencies: EventsDependencies): Subgraph {
  return createSubgraph({
    name: 'events',
    typeDefs,
    resolvers,
    contextFor: createEventsContext(dependencies),
  })
}
