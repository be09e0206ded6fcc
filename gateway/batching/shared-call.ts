import type { RequestContext } from '../../core/access/request-context.ts'
import type { SubgraphUnavailable } from '../transports/subgraph-unavailable.ts'

/** Counts who still wants a call. It is aborted when the last one has left, with his reason. */
export class SharedCall {
  /** For the transport; its reason is that of the one who left last. */
  readonly signal: AbortSignal
  isDeserted = false
  readonly #controller = new AbortController()
  #waiting = 0

  constructor() {
    this.signal = this.#controller.signal
  }

  join(): void {
    this.#waiting++
  }

  leave(reason: SubgraphUnavailable): void {
    this.#waiting--
    if (this.#waiting > 0) return
    this.isDeserted = true
    this.#controller.abort(reason)
  }
}

/**
 * The context of a call for several callers, made of the first one's. It is an object of its own: what a subgraph keeps for a
 * request may have been read before another caller's mutation.
 */
export function sharedContext(
  { requestId, principal, trace }: RequestContext,
  deadlineAt: number,
): RequestContext {
  return { requestId, principal, deadlineAt, ...(trace ? { trace } : {}) }
}
