import type { ExecutionResult } from 'graphql'
import type { RequestContext } from '../../core/access/request-context.ts'
import type { SubgraphRequest } from '../subgraph-client.ts'
import type { Fetch } from './compile-plan.ts'

/** A subgraph was given up before it answered. */
export class GivenUp extends Error {
  override readonly name = 'GivenUp'
  readonly reason: 'timeout' | 'error'

  constructor(message: string, reason: 'timeout' | 'error') {
    super(message)
    this.reason = reason
  }
}

/**
 * Asks a subgraph once. Rejects with what the subgraph rejects with, and with GivenUp at the deadline (on the clock of
 * performance.now()) and when the caller goes.
 */
export function askSubgraph(
  fetch: Pick<Fetch, 'subgraph' | 'document' | 'operationName'>,
  variables: Record<string, unknown>,
  context: RequestContext,
  deadlineAt: number,
): Promise<ExecutionResult> {
  const { signal } = context
  if (signal?.aborted) return Promise.reject(callerGone())
  const leftMs = deadlineAt - performance.now()
  if (leftMs <= 0) return Promise.reject(late())
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(() => reject(late())), leftMs)
    const onAbort = () => end(() => reject(callerGone()))
    signal?.addEventListener('abort', onAbort, { once: true })
    fetch.subgraph.execute(requestOf(fetch, variables, context, deadlineAt)).then(
      (result) => end(() => resolve(result)),
      (error: unknown) => end(() => reject(error)),
    )

    function end(settle: () => void): void {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      settle()
    }
  })
}

export function requestOf(
  { document, operationName }: Pick<Fetch, 'document' | 'operationName'>,
  variables: Record<string, unknown>,
  context: RequestContext,
  deadlineAt?: number,
): SubgraphRequest {
  const request: SubgraphRequest = { document, variables, context }
  if (operationName !== undefined) request.operationName = operationName
  if (deadlineAt !== undefined) request.deadlineAt = deadlineAt
  return request
}

function late(): GivenUp {
  return new GivenUp('no answer within the time that was left', 'timeout')
}

function callerGone(): GivenUp {
  return new GivenUp('the caller has gone', 'error')
}
