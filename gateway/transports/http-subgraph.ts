import { Pool } from 'undici'
import type { ExecutionResult } from 'graphql'
import type { Principal } from '../../core/access/principal.ts'
import { MonogramError } from '../../core/errors.ts'
import { createTurnClock, type TurnClock } from '../deadlines/turn-clock.ts'
import type { SubgraphClient, SubgraphRequest } from '../subgraph-client.ts'
import { createCallLimit } from './call-limit.ts'
import {
  createCircuitBreaker,
  DEFAULT_CIRCUIT_BREAKER,
  type CircuitBreakerOptions,
  type CircuitState,
} from './circuit-breaker.ts'
import { contextHeaders } from './context-headers.ts'
import { createDeadlineTimers, type DeadlineTimers } from './deadline-timers.ts'
import { HttpCall, type HttpLane } from './http-call.ts'
import type { HttpAnswer } from './http-exchange.ts'
import { createOneEachTurn, type OneEachTurn } from './large-answers.ts'
import { parseAnswer, readWith } from './parse-answer.ts'
import { bodyOf, createDocumentCache } from './request-body.ts'
import { createSocketSubscriptions } from './socket-subscriptions.ts'
import { SubgraphUnavailable } from './subgraph-unavailable.ts'

export interface HttpSubgraphOptions {
  /** Its name in the supergraph. */
  name: string
  /** `http:` or `https:`. */
  url: string
  /** Where subscriptions go (graphql-transport-ws); without it, the url with `ws:` for `http:`. */
  subscriptionUrl?: string
  /** Sent with every call, such as the subgraph's own key. */
  headers?: Readonly<Record<string, string>>
  /** Of Monogram's own subgraphs: by what they know the gateway. */
  caller?: CallerHeaders
  maxConcurrentCalls?: number
  maxQueuedCalls?: number
  /** For a call as a whole, its waiting included. The request's deadline ends it earlier. */
  timeoutMs?: number
  connectTimeoutMs?: number
  headersTimeoutMs?: number
  /** Between two pieces of an answer's body. */
  bodyTimeoutMs?: number
  maxResponseBytes?: number
  breaker?: Partial<CircuitBreakerOptions>
  /** A call that had less time than this on the wire says nothing about the subgraph when it is late. */
  fairTimeMs?: number
  /** Shared by all subgraphs of a gateway, where given. */
  timers?: DeadlineTimers
  /** Shared likewise. */
  turns?: TurnClock
  /** Shared likewise. */
  oneEachTurn?: OneEachTurn
  /** In milliseconds, for the circuit breaker. */
  now?: () => number
}

/** What a door of Monogram's own wants to be shown, made anew for each call. */
export interface CallerHeaders {
  header: string
  /** For whom a call is made. */
  tokenFor: (principal: Principal) => string
  /** Of the socket that carries the subscriptions of many. */
  ownToken: () => string
}

/** Takes some 20 ms to read, in which no deadline can be kept. */
export const DEFAULT_MAX_RESPONSE_BYTES = 1024 * 1024

/** What a subgraph's calls are at, for metrics. */
export interface HttpSubgraphState {
  circuit: CircuitState
  runningCalls: number
  queuedCalls: number
  /** Whether it said in the last seconds that it is stopping. */
  isStopping: boolean
}

export interface HttpSubgraph extends SubgraphClient, AsyncDisposable {
  readonly name: string
  readonly state: HttpSubgraphState
}

/** As long as a process takes at most to stop. Where there is no other address it is asked all the same. */
const STOPPING_MS = 10_000

/**
 * A subgraph over HTTP on kept-alive connections. Every call is bounded in time, size and number; what fails rejects with
 * SubgraphUnavailable. A query whose connection dies before any answer is sent once more; a mutation never is. Disposing
 * waits for what runs. Throws CONFIG_INVALID for an address that is none.
 */
export function createHttpSubgraph(options: HttpSubgraphOptions): HttpSubgraph {
  const { name, headers = {}, caller, timeoutMs = 10_000 } = options
  const { maxResponseBytes = DEFAULT_MAX_RESPONSE_BYTES } = options
  const { connectTimeoutMs = 2_000, maxConcurrentCalls = 128, maxQueuedCalls = 2_000 } = options
  const url = parseUrl(name, options.url, ['http:', 'https:'])
  const pool = new Pool(url.origin, {
    connections: maxConcurrentCalls,
    connectTimeout: connectTimeoutMs,
    headersTimeout: options.headersTimeoutMs ?? timeoutMs,
    bodyTimeout: options.bodyTimeoutMs ?? timeoutMs,
    maxResponseSize: maxResponseBytes,
  })
  const timers = options.timers ?? createDeadlineTimers()
  const lane: HttpLane = {
    subgraphName: name,
    pool,
    limit: createCallLimit({ maxConcurrentCalls, maxQueuedCalls }),
    breaker: createCircuitBreaker(
      { ...DEFAULT_CIRCUIT_BREAKER, ...options.breaker },
      options.now ?? (() => performance.now()),
    ),
    timers,
    turns: options.turns ?? createTurnClock(),
    oneEachTurn: options.oneEachTurn ?? createOneEachTurn(timers),
    fairTimeMs: options.fairTimeMs ?? 50,
  }
  const subscriptions = createSocketSubscriptions({
    subgraphName: name,
    url: socketUrl(name, url, options.subscriptionUrl),
    headers: () => (caller ? { ...headers, [caller.header]: caller.ownToken() } : headers),
    extensionsFor: ({ principal }) => (caller ? { [caller.header]: caller.tokenFor(principal) } : null),
    connectTimeoutMs,
    maxMessageBytes: maxResponseBytes,
    maxQueuedResults: 1_000,
  })
  const prepare = createDocumentCache()
  const path = `${url.pathname}${url.search}`
  const commonHeaders = [
    'content-type',
    'application/json',
    'accept',
    'application/graphql-response+json, application/json',
    ...Object.entries(headers).flat(),
  ]
  let isClosed = false
  let stoppingAt = -Infinity

  const parse = (answer: HttpAnswer): ExecutionResult => parseAnswer(name, answer)
  const onClosing = (): void => {
    stoppingAt = performance.now()
  }

  function execute(request: SubgraphRequest): Promise<ExecutionResult> {
    if (isClosed) return Promise.reject(new SubgraphUnavailable(name, 'error', 'is no longer asked'))
    const prepared = prepare(request)
    const now = performance.now()
    const deadlineAt = Math.min(request.deadlineAt ?? Infinity, now + timeoutMs)
    const { readText, context } = request
    const callHeaders = [...commonHeaders, ...contextHeaders(context, deadlineAt - now)]
    if (caller) callHeaders.push(caller.header, caller.tokenFor(context.principal))
    return HttpCall.run(lane, {
      post: { path, headers: callHeaders, body: bodyOf(prepared, request) },
      isRepeatable: prepared.isQuery,
      onClosing,
      deadlineAt,
      signal: request.signal ?? context.signal,
      read: readText ? (answer) => readWith(readText, answer) ?? parse(answer) : parse,
    })
  }

  return {
    name,
    get state() {
      return {
        circuit: lane.breaker.state,
        runningCalls: lane.limit.running,
        queuedCalls: lane.limit.queued,
        isStopping: performance.now() - stoppingAt < STOPPING_MS,
      }
    },
    speaksText: true,
    execute,
    subscribe: async (request) => subscriptions.subscribe(request),
    async [Symbol.asyncDispose]() {
      isClosed = true
      await subscriptions[Symbol.asyncDispose]()
      await lane.limit.idle()
      await pool.destroy()
    },
  }
}

function socketUrl(name: string, url: URL, given: string | undefined): string {
  if (given !== undefined) return parseUrl(name, given, ['ws:', 'wss:']).href
  const derived = new URL(url)
  derived.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return derived.href
}

function parseUrl(name: string, text: string, protocols: readonly string[]): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url && protocols.includes(url.protocol)) return url
  throw new MonogramError(
    'CONFIG_INVALID',
    `the subgraph "${name}" has the address "${text}": expected one that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  )
}
