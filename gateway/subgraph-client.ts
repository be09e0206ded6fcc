import type { ExecutionResult } from 'graphql'
import type { RequestContext } from '../core/access/request-context.ts'

/** One operation for one subgraph. */
export interface SubgraphRequest {
  /** GraphQL text. The same plan always sends the same text, so a subgraph may keep what it parsed under it. */
  document: string
  operationName?: string
  /** Coerced by the gateway against the API schema; a subgraph coerces again against its own. */
  variables?: Record<string, unknown>
  context: RequestContext
}

/**
 * How the gateway speaks to a subgraph, in process or over a network.
 *
 * What went wrong inside comes back as `errors` of the result, with their paths and an `extensions.code` where the
 * code is one of the catalogue. Only a subgraph that could not be asked or did not answer makes these reject. A result
 * belongs to the caller, who may change it.
 */
export interface SubgraphClient {
  execute(request: SubgraphRequest): Promise<ExecutionResult>
  /** An iterable of results, or one result with errors when the subscription could not begin. `return()` ends it at once. */
  subscribe(request: SubgraphRequest): Promise<AsyncIterable<ExecutionResult> | ExecutionResult>
}
