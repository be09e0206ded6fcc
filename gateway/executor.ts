import type { QueryPlan } from '@graphql-hive/router-query-planner'
import type { DocumentNode, ExecutionResult, OperationDefinitionNode } from 'graphql'
import type { RequestContext } from '../core/access/request-context.ts'

/** A planned operation with what one request brings to it. */
export interface ExecutableOperation {
  document: DocumentNode
  operation: OperationDefinitionNode
  /** Null when no subgraph needs to be asked. The same object for the same document, so work on it may be kept. */
  plan: QueryPlan | null
  /** Coerced against the API schema. */
  variables: Readonly<Record<string, unknown>>
  context: RequestContext
}

/**
 * Carries a plan out against the subgraphs and gives the client's answer. A subgraph that fails is an error in the
 * result and a null where its fields would be. Errors are not masked: they keep their causes for the edge to log.
 */
export interface Executor {
  execute(operation: ExecutableOperation): Promise<ExecutionResult>
  /** An iterable of answers, one for each event of the subscription; or one result when it could not begin. */
  subscribe(operation: ExecutableOperation): Promise<AsyncIterable<ExecutionResult> | ExecutionResult>
}
