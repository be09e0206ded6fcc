import type { Principal } from './principal.ts'

/** What travels with one request from the door through the gateway to each subgraph. The object itself is the request's identity. */
export interface RequestContext {
  requestId: string
  principal: Principal
  signal?: AbortSignal
  /** On the clock of performance.now(): when the answer must have been given. */
  deadlineAt?: number
  /** W3C Trace Context as it came, sent on with calls over a network. */
  trace?: { traceparent?: string; tracestate?: string }
}
