import { GraphQLError, type ExecutionResult } from 'graphql'
import type { RequestContext } from '../../core/access/request-context.ts'
import type { SubgraphRequest } from '../subgraph-client.ts'
import type { Fetch } from './compile-plan.ts'

/**
 * Asks a subgraph once. Never rejects: a subgraph that rejects, or takes longer than `timeoutMs`, gives a result
 * without data and with the error SUBGRAPH_FAILED, as does a request whose caller has gone.
 */
export async function callSubgraph(
  fetch: Fetch,
  variables: Record<string, unknown>,
  context: RequestContext,
  timeoutMs: number,
): Promise<ExecutionResult> {
  if (context.signal?.aborted) return failed(fetch, new Error('the caller has gone'))
  let giveUp: (reason: Error) => void = () => undefined
  const givenUp = new Promise<never>((_resolve, reject) => (giveUp = reject))
  const timer = setTimeout(() => giveUp(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs)
  const onAbort = () => giveUp(new Error('the caller has gone'))
  context.signal?.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([fetch.subgraph.execute(requestOf(fetch, variables, context)), givenUp])
  } catch (cause) {
    return failed(fetch, cause)
  } finally {
    clearTimeout(timer)
    context.signal?.removeEventListener('abort', onAbort)
  }
}

function failed(fetch: Fetch, cause: unknown): ExecutionResult {
  return { errors: [subgraphFailed(fetch.subgraphName, cause)] }
}

export function requestOf(
  fetch: Fetch,
  variables: Record<string, unknown>,
  context: RequestContext,
): SubgraphRequest {
  const request: SubgraphRequest = { document: fetch.document, variables, context }
  if (fetch.operationName !== undefined) request.operationName = fetch.operationName
  return request
}

export function subgraphFailed(subgraphName: string, cause: unknown): GraphQLError {
  return new GraphQLError(`the subgraph "${subgraphName}" did not answer`, {
    originalError: cause instanceof Error ? cause : new Error(String(cause)),
    extensions: { code: 'SUBGRAPH_FAILED' },
  })
}
