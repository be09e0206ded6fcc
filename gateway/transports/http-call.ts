import type { Pool } from 'undici'
import type { AbortListener, CallSignal } from '../subgraph-client.ts'
import type { TurnClock } from '../deadlines/turn-clock.ts'
import type { CallLimit, QueuedCall } from './call-limit.ts'
import type { CallOutcome, CircuitBreaker } from './circuit-breaker.ts'
import type { DeadlineHolder, DeadlineTimers } from './deadline-timers.ts'
import { HttpExchange, type HttpAnswer, type HttpExchangeListener, type HttpPost } from './http-exchange.ts'
import type { OneEachTurn } from './large-answers.ts'
import { callerGone, lateAnswer, SubgraphUnavailable, type CallProgress } from './subgraph-unavailable.ts'

/** What the calls of one subgraph share. */
export interface HttpLane {
  subgraphName: string
  pool: Pool
  limit: CallLimit
  breaker: CircuitBreaker
  timers: DeadlineTimers
  turns: TurnClock
  /** For answers that take long to read. */
  oneEachTurn: OneEachTurn
  /** A call that had less time than this on the wire says nothing about the subgraph when it is late. */
  fairTimeMs: number
}

export interface HttpCallRequest<T> {
  post: HttpPost
  /** May be sent a second time when its connection dies before any answer. */
  isRepeatable: boolean
  deadlineAt: number
  signal: CallSignal | undefined
  /** Told when an answer says that its connection is closed after it. */
  onClosing?(): void
  /** Makes the result of the answer; throws SubgraphUnavailable when there is none in it. */
  read(answer: HttpAnswer): T
}

/**
 * One call with everything that bounds it. It settles at its deadline or when its signal aborts, whatever the network
 * does; its place in the limit it keeps until the pool is done with it, so that what hangs cannot pile up.
 */
export class HttpCall<T> implements QueuedCall, DeadlineHolder, HttpExchangeListener, AbortListener {
  readonly #lane: HttpLane
  readonly #request: HttpCallRequest<T>
  readonly #resolve: (result: T) => void
  readonly #reject: (error: SubgraphUnavailable) => void
  #ticket = 0
  #tick = 0
  #isSettled = false
  #isRepeated = false
  #exchange: HttpExchange | undefined

  private constructor(
    lane: HttpLane,
    request: HttpCallRequest<T>,
    resolve: (result: T) => void,
    reject: (error: SubgraphUnavailable) => void,
  ) {
    this.#lane = lane
    this.#request = request
    this.#resolve = resolve
    this.#reject = reject
  }

  /** Rejects with SubgraphUnavailable alone. */
  static run<T>(lane: HttpLane, request: HttpCallRequest<T>): Promise<T> {
    return new Promise((resolve, reject) => new HttpCall(lane, request, resolve, reject).#begin())
  }

  #begin(): void {
    const { subgraphName, breaker, limit, timers } = this.#lane
    const { deadlineAt, signal } = this.#request
    if (signal?.aborted) return this.#reject(reasonOf(signal, subgraphName))
    if (deadlineAt <= performance.now()) return this.#reject(lateAnswer(subgraphName))
    const ticket = breaker.enter()
    if (ticket === null) {
      return this.#reject(
        new SubgraphUnavailable(
          subgraphName,
          'open-circuit',
          'is not asked: its last calls failed',
          undefined,
          'unsent',
        ),
      )
    }
    this.#ticket = ticket
    this.#tick = timers.add(deadlineAt, this)
    signal?.addEventListener('abort', this)
    if (limit.enter(this) !== 'refused') return
    const busy = `has ${limit.running} calls running and ${limit.queued} waiting, which is all that it may have`
    this.#fail(new SubgraphUnavailable(subgraphName, 'error', busy, undefined, 'unsent'), 'neutral')
  }

  /** It is its turn. */
  start(): void {
    this.#lane.turns.see()
    this.#exchange = new HttpExchange(this, this.#lane.oneEachTurn)
    this.#exchange.send(this.#lane.pool, this.#request.post)
  }

  onAnswer(answer: HttpAnswer): void {
    this.#lane.turns.see()
    this.#lane.timers.tellDue()
    if (answer.isLast) this.#request.onClosing?.()
    if (!this.#isSettled) this.#read(answer)
    this.#end()
  }

  onFailure(error: Error, answered: boolean): void {
    if (!this.#isSettled && !this.#isRepeated && !answered && this.#request.isRepeatable && isCut(error)) {
      this.#isRepeated = true
      this.start()
      return
    }
    if (!this.#isSettled) {
      const { subgraphName } = this.#lane
      const reason = isTimeout(error) ? 'timeout' : 'error'
      const progress = answered ? 'sent' : progressOf(error)
      const message = `failed: ${error.message}`
      const outcome = codeOf(error) === 'ECONNREFUSED' ? 'refused' : 'failure'
      this.#fail(new SubgraphUnavailable(subgraphName, reason, message, error, progress), outcome)
    }
    this.#end()
  }

  onDeadline(): void {
    const error = lateAnswer(this.#lane.subgraphName)
    if (this.#isSettled) this.#exchange?.abort(error)
    else this.#giveUp(error, this.#hadFairTime() ? 'failure' : 'neutral')
  }

  /** Nobody wants it any more. */
  handleEvent(): void {
    const { signal } = this.#request
    if (this.#isSettled || !signal) return
    const error = reasonOf(signal, this.#lane.subgraphName)
    this.#giveUp(error, error.reason === 'timeout' && this.#hadFairTime() ? 'failure' : 'neutral')
  }

  /**
   * Time on the wire alone: an answer that came since this process last looked is late by our own doing, and so is a call
   * that waited for its turn here. Counted against a subgraph, an overload of ours would open the circuit of one that is well.
   */
  #hadFairTime(): boolean {
    if (!this.#exchange) return false
    return this.#lane.turns.readUpTo() - this.#exchange.sentAt >= this.#lane.fairTimeMs
  }

  #read(answer: HttpAnswer): void {
    let result: T
    try {
      result = this.#request.read(answer)
    } catch (error) {
      const { subgraphName } = this.#lane
      this.#fail(
        error instanceof SubgraphUnavailable
          ? error
          : new SubgraphUnavailable(subgraphName, 'error', 'gave an answer that cannot be read', error),
        'failure',
      )
      return
    }
    this.#settle('success')
    this.#resolve(result)
  }

  #giveUp(error: SubgraphUnavailable, outcome: CallOutcome): void {
    this.#fail(error, outcome)
    if (!this.#exchange) this.#lane.limit.withdraw(this)
    else if (outcome === 'neutral' && error.reason === 'timeout') this.#wait()
    else this.#exchange.abort(error)
  }

  /** The answer is on its way, or here and not read yet: to abort would close a connection that others need in a moment. */
  #wait(): void {
    this.#tick = this.#lane.timers.add(performance.now() + this.#lane.fairTimeMs, this)
  }

  /** The pool is done with it. */
  #end(): void {
    this.#lane.timers.remove(this.#tick, this)
    this.#lane.limit.leave()
  }

  #fail(error: SubgraphUnavailable, outcome: CallOutcome): void {
    this.#settle(outcome)
    this.#reject(error)
  }

  #settle(outcome: CallOutcome): void {
    this.#isSettled = true
    this.#lane.timers.remove(this.#tick, this)
    this.#lane.breaker.leave(this.#ticket, outcome)
    this.#request.signal?.removeEventListener('abort', this)
  }
}

function reasonOf(signal: CallSignal, subgraphName: string): SubgraphUnavailable {
  return signal.reason instanceof SubgraphUnavailable ? signal.reason : callerGone(subgraphName)
}

function progressOf(error: Error): CallProgress {
  if (UNSENT_CODES.has(codeOf(error))) return 'unsent'
  return isCut(error) ? 'cut' : 'sent'
}

/** The connection ended or was reset, as a kept-alive one does when its server restarts. */
function isCut(error: Error): boolean {
  return CUT_CODES.has(codeOf(error))
}

function isTimeout(error: Error): boolean {
  return TIMEOUT_CODES.has(codeOf(error))
}

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}

/** There was no connection to send it on. */
const UNSENT_CODES = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])
const CUT_CODES = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'])
const TIMEOUT_CODES = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
])
