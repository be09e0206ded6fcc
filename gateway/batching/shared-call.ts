import type { RequestContext } from '../../core/access/request-context.ts'
import type { AbortListener, CallSignal } from '../subgraph-client.ts'
import type { SubgraphUnavailable } from '../transports/subgraph-unavailable.ts'

/** Counts who still wants a call. It is the call's own signal: aborted when the last one has left, with his reason. */
export class SharedCall implements CallSignal {
  aborted = false
  reason: SubgraphUnavailable | undefined = undefined
  #listeners: readonly AbortListener[] = NOBODY
  #waiting = 0

  join(): void {
    this.#waiting++
  }

  leave(reason: SubgraphUnavailable): void {
    this.#waiting--
    if (this.#waiting > 0 || this.aborted) return
    this.aborted = true
    this.reason = reason
    const listeners = this.#listeners
    this.#listeners = NOBODY
    for (const listener of listeners) listener.handleEvent()
  }

  addEventListener(_type: 'abort', listener: AbortListener): void {
    this.#listeners = this.#listeners === NOBODY ? [listener] : [...this.#listeners, listener]
  }

  removeEventListener(_type: 'abort', listener: AbortListener): void {
    if (this.#listeners.length === 1 && this.#listeners[0] === listener) this.#listeners = NOBODY
    else this.#listeners = this.#listeners.filter((other) => other !== listener)
  }
}

const NOBODY: readonly AbortListener[] = []

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
