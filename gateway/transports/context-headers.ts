import type { RequestContext } from '../../core/access/request-context.ts'
import { AFTER_HEADER, DEADLINE_HEADER } from '../../core/access/caller-token.ts'
import { formatDemands } from '../../core/freshness/demand.ts'

/**
 * Headers that let a subgraph's log and spans be found from the request's, how long its answer is waited for, and what it
 * must show at least. What came from outside is sent on only if it is well formed.
 */
export function contextHeaders({ requestId, trace, after }: RequestContext, leftMs: number): string[] {
  const headers = ['x-request-id', requestId, DEADLINE_HEADER, String(Math.max(1, Math.floor(leftMs)))]
  if (after) headers.push(AFTER_HEADER, formatDemands(after))
  if (trace?.traceparent === undefined || !TRACEPARENT.test(trace.traceparent)) return headers
  headers.push('traceparent', trace.traceparent)
  if (trace.tracestate !== undefined && TRACESTATE.test(trace.tracestate)) {
    headers.push('tracestate', trace.tracestate)
  }
  return headers
}

/** W3C Trace Context, sections 3.2 and 3.3. */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/
const TRACESTATE = /^[\x20-\x7e]{1,512}$/
