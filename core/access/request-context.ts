import type { Demand } from '../freshness/demand.ts'
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
  /**
   * Reading one's own write: what the answer must show at least. Never empty. The subgraph that has the data waits for it,
   * within the deadline, before it reads; what it does not reach it names beside its answer. So what was read before does
   * not answer this request: its calls are made for it alone, not joined with others' that are under way or wait in a
   * batch, and no cache answers them. What they bring may be kept for others as ever.
   */
  after?: readonly Demand[]
}
