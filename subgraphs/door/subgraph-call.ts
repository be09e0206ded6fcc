import type { IncomingHttpHeaders } from 'node:http'
import { AFTER_HEADER, DEADLINE_HEADER, type CheckCaller } from '../../core/access/caller-token.ts'
import type { RequestContext } from '../../core/access/request-context.ts'
import { MonogramError } from '../../core/errors.ts'
import { parseDemands } from '../../core/freshness/demand.ts'
import { isJsonObject } from '../../core/json.ts'
import type { SubgraphRequest } from '../create-subgraph.ts'

/** What a gateway posts. */
export type SubgraphCall = Pick<SubgraphRequest, 'document' | 'operationName' | 'variables'>

/** @throws MonogramError BODY_NOT_JSON, BAD_USER_INPUT */
export function parseCall(text: string): SubgraphCall {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch (cause) {
    throw new MonogramError('BODY_NOT_JSON', 'the call is no JSON', { cause })
  }
  return toCall(body)
}

/** @throws MonogramError BAD_USER_INPUT */
export function toCall(body: unknown): SubgraphCall {
  const { query, operationName, variables } = (body ?? {}) as Record<string, unknown>
  if (typeof query !== 'string') throw expected('{ "query": text }')
  const call: SubgraphCall = { document: query }
  if (operationName !== undefined && operationName !== null) {
    if (typeof operationName !== 'string') throw expected('"operationName" to be a text')
    call.operationName = operationName
  }
  if (variables !== undefined && variables !== null) {
    if (!isJsonObject(variables)) throw expected('"variables" to be an object')
    call.variables = variables
  }
  return call
}

/**
 * What travels with a call. All of it is believed, since the token shows that the gateway sent it.
 * @throws MonogramError UNAUTHENTICATED, RECEIPT_INVALID
 */
export function readContext(
  headers: IncomingHttpHeaders,
  token: unknown,
  check: CheckCaller,
): RequestContext {
  const caller = check(typeof token === 'string' ? token : undefined)
  if (caller.kind === 'refused') {
    throw new MonogramError(
      'UNAUTHENTICATED',
      `this door is for Monogram's own gateway, and ${caller.why}; ` +
        'every process of a deployment needs the same MONOGRAM_SECRET (or MONOGRAM_INTERNAL_SECRETS)',
    )
  }
  const context: RequestContext = {
    requestId: headerOf(headers, 'x-request-id') ?? 'unknown',
    principal: caller.principal,
  }
  const leftMs = Number(headerOf(headers, DEADLINE_HEADER) ?? NaN)
  if (leftMs >= 0) context.deadlineAt = performance.now() + leftMs
  const after = headerOf(headers, AFTER_HEADER)
  if (after !== undefined) context.after = parseDemands(after, AFTER_HEADER)
  const traceparent = headerOf(headers, 'traceparent')
  if (traceparent !== undefined) {
    const tracestate = headerOf(headers, 'tracestate')
    context.trace = tracestate === undefined ? { traceparent } : { traceparent, tracestate }
  }
  return context
}

function headerOf(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' ? value : undefined
}

function expected(what: string): MonogramError {
  return new MonogramError('BAD_USER_INPUT', `a call of a subgraph: expected ${what}`)
}
