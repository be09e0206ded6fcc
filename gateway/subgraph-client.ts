import type { ExecutionResult } from 'graphql'
import type { RequestContext } from '../core/access/request-context.ts'

/** One operation for one subgraph. */
export interface SubgraphRequest {
  /** GraphQL text. The same plan always sends the same text, so a subgraph may keep what it parsed under it. */
  document: string
  operationName?: string
  /** Coerced by the gateway against the API schema; a subgraph coerces again against its own. */
  variables?: Record<string, unknown>
  /** The variables as JSON text, in the place of `variables`: only for a client that `speaksText`. */
  variablesJson?: string
  /** Reads the answer instead of a parser: only for a client that `speaksText`. */
  readText?: ReadText
  context: RequestContext
  /** On the clock of performance.now(). A transport gives up then, or earlier by its own limits. */
  deadlineAt?: number
  /**
   * Aborted when nobody wants the answer any more, with what the call then fails with as its reason. In the place of the
   * context's signal, which is that of a single caller and this call may be for many.
   */
  signal?: CallSignal
}

/**
 * Reads the `data` of an answer from its text, leaving as text what nobody will look at. Undefined when anything in it is
 * not as expected, or is wrong: then it has to be parsed.
 */
export type ReadText = (text: string) => Record<string, unknown> | undefined

/** What is used of an AbortSignal: for every call of a subgraph, a whole one costs more than the rest of its bookkeeping. */
export interface CallSignal {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: AbortListener): void
  removeEventListener(type: 'abort', listener: AbortListener): void
}

export interface AbortListener {
  handleEvent(): void
}

/**
 * How the gateway speaks to a subgraph, in process or over a network.
 *
 * What went wrong inside comes back as `errors` of the result, with their paths and an `extensions.code` where the
 * code is one of the catalogue. Only a subgraph that could not be asked or did not answer makes these reject; one behind
 * a network with `SubgraphUnavailable`. A result belongs to the caller, who may change it.
 */
export interface SubgraphClient {
  execute(request: SubgraphRequest): Promise<ExecutionResult>
  /** That text is what it sends and gets, as over a network. */
  readonly speaksText?: boolean
  /** An iterable of results, or one result with errors when the subscription could not begin. `return()` ends it at once. */
  subscribe(request: SubgraphRequest): Promise<AsyncIterable<ExecutionResult> | ExecutionResult>
}
