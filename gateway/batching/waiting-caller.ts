import type { AbortListener, CallSignal } from '../subgraph-client.ts'
import type { DeadlineHolder, DeadlineTimers } from '../transports/deadline-timers.ts'
import { callerGone, lateAnswer, type SubgraphUnavailable } from '../transports/subgraph-unavailable.ts'

/** How long one caller waits for a call that is not only his. */
export interface Patience {
  subgraphName: string
  /** On the clock of performance.now(). */
  deadlineAt: number
  signal: CallSignal | undefined
  timers: DeadlineTimers
  /** Called when he leaves before the answer. */
  onLeave(reason: SubgraphUnavailable): void
}

/** The same answer, or SubgraphUnavailable as soon as this caller's time has come or he has gone; others still wait. */
export function waitFor<T>(answer: Promise<T>, patience: Patience): Promise<T> {
  return new Promise((resolve, reject) => new WaitingCaller(patience, resolve, reject).follow(answer))
}

class WaitingCaller<T> implements DeadlineHolder, AbortListener {
  readonly #patience: Patience
  readonly #resolve: (answer: T) => void
  readonly #reject: (error: unknown) => void
  #tick = 0
  #isOver = false

  constructor(patience: Patience, resolve: (answer: T) => void, reject: (error: unknown) => void) {
    this.#patience = patience
    this.#resolve = resolve
    this.#reject = reject
  }

  follow(answer: Promise<T>): void {
    const { subgraphName, deadlineAt, signal, timers } = this.#patience
    answer.then(
      (value) => this.#end() && this.#resolve(value),
      (error: unknown) => this.#end() && this.#reject(error),
    )
    this.#tick = timers.add(deadlineAt, this)
    if (signal?.aborted) this.#leave(callerGone(subgraphName))
    else signal?.addEventListener('abort', this)
  }

  onDeadline(): void {
    this.#leave(lateAnswer(this.#patience.subgraphName))
  }

  /** He has gone. */
  handleEvent(): void {
    this.#leave(callerGone(this.#patience.subgraphName))
  }

  #leave(reason: SubgraphUnavailable): void {
    if (!this.#end()) return
    this.#patience.onLeave(reason)
    this.#reject(reason)
  }

  /** False when it was over already. */
  #end(): boolean {
    if (this.#isOver) return false
    this.#isOver = true
    this.#patience.timers.remove(this.#tick, this)
    this.#patience.signal?.removeEventListener('abort', this)
    return true
  }
}
