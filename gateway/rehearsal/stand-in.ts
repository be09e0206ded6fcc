import type { SubgraphClient } from '../subgraph-client.ts'

/** A subgraph that is not asked yet: another one is, in its place. */
export interface StandIn {
  client: Required<SubgraphClient>
  /** From now on the subgraph itself. */
  leave(): void
}

export function createStandIn(subgraph: Required<SubgraphClient>, other: Required<SubgraphClient>): StandIn {
  let asked = other
  return {
    client: {
      execute: (request) => asked.execute(request),
      executeText: (request) => asked.executeText(request),
      subscribe: (request) => asked.subscribe(request),
    },
    leave() {
      asked = subgraph
    },
  }
}
