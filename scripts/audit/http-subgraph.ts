import type { ExecutionResult } from 'graphql'
import type { SubgraphClient } from '../../gateway/subgraph-client.ts'

/** A subgraph over HTTP with nothing but `fetch`: what is audited is the engine. */
export function httpSubgraph(url: string): SubgraphClient {
  return {
    async execute({ document, operationName, variables }) {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ query: document, operationName, variables }),
      })
      return (await response.json()) as ExecutionResult
    },
    subscribe: () => Promise.reject(new Error('the audit has no subscriptions')),
  }
}
