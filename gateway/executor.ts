import type { ExecutionResult, GraphQLError } from 'graphql'
import type { RequestContext } from '../core/access/request-context.ts'
import type { StaleExtensions } from './engine/demand-notes.ts'
import type { Degraded } from './engine/shape/shape-result.ts'
import type { PlannedDocument } from './planner.ts'

/** A planned operation with what one request brings to it. */
export interface ExecutableOperation {
  /** The same object for the same document, so work on it may be kept. */
  planned: PlannedDocument
  /** Coerced against the API schema. */
  variables: Readonly<Record<string, unknown>>
  context: RequestContext
  /**
   * What stands for fields that could not be had, by response path without list indices (`profile.recommendations`).
   * Work is kept by this very object.
   */
  fallbacks?: ReadonlyMap<string, unknown>
}

/** An answer whose `data` is JSON text already; or the errors of a request that cannot be answered at all. */
export type JsonAnswer = AnsweredJson | { kind: 'refused'; errors: readonly GraphQLError[] }

export interface AnsweredJson extends StaleExtensions {
  kind: 'answered'
  /** In pieces: one for most, several for a long one, as V8 puts a long text together at a high price. */
  data: readonly string[]
  errors: readonly GraphQLError[]
  degraded: readonly Degraded[]
}

/**
 * Carries a plan out against the subgraphs and gives the client's answer. A subgraph that fails is an error in the
 * result and a null where its fields would be, or their fallback; `extensions.degraded` tells where and why. What the request
 * demanded to be shown and is not, `extensions` says as `stale: true` and `held`. Errors are not masked: they keep their
 * causes for the edge to log.
 */
export interface Executor {
  execute(operation: ExecutableOperation): Promise<ExecutionResult>
  /** The same answer as text, which costs less than making it as objects first. */
  executeToJson(operation: ExecutableOperation): Promise<JsonAnswer>
  /** An iterable of answers, one for each event of the subscription; or one result when it could not begin. */
  subscribe(operation: ExecutableOperation): Promise<AsyncIterable<ExecutionResult> | ExecutionResult>
}
