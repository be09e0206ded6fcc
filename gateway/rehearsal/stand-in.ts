import type { SubgraphClient } from '../subgraph-client.ts'

/** A subgraph that is not asked yet: another one of the same kind is, in its place. */
export interface StandIn {
  client: SubgraphClient
  /** From now on the subgraph itself. */
  leave(): void
}

export function createStandIn(subgraph: SubgraphClient, other: SubgraphClient): StandIn {
  let asked = other
  return {
    client: {
      ...(subgraph.speaksText ? { speaksText: true } : {}),
      execute: (request) => asked.execute(request),
      subscribe: (request) => asked.subscribe(request),
    },
    leave() {
      asked = subgraph
    },
  }
}
