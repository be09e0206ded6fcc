import type { ExecutionResult } from 'graphql'
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import type { RequestContext } from '../../core/access/request-context.ts'
import type { SubgraphRequest } from '../subgraph-client.ts'
import { createMessageQueue } from './message-queue.ts'
import { resultOf } from './parse-answer.ts'
import { SubgraphUnavailable } from './subgraph-unavailable.ts'

export interface SocketSubscriptionsOptions {
  subgraphName: string
  /** `ws:` or `wss:`; the subprotocol is graphql-transport-ws. */
  url: string
  /** Of the request that becomes the socket. */
  headers: () => Readonly<Record<string, string>>
  /** What each subscription carries beside its document; null for nothing. */
  extensionsFor?: (context: RequestContext) => Readonly<Record<string, unknown>> | null
  connectTimeoutMs: number
  maxMessageBytes: number
  /** Results that may wait for a slow reader; then the subscription fails. */
  maxQueuedResults: number
  /** A socket on which nothing came since the ping before is lost when the next one is due. */
  pingIntervalMs?: number
}

/** So that a connection that is dead without a word is found out in less than the five seconds of a recovery. */
const PING_INTERVAL_MS = 2_000

export interface SocketSubscriptions extends AsyncDisposable {
  /** Results in order. Iterating rejects with SubgraphUnavailable when the socket cannot be opened or is lost. */
  subscribe(request: SubgraphRequest): AsyncIterableIterator<ExecutionResult>
}

/**
 * Subscriptions of one subgraph over one WebSocket, which is opened for the first and closed after the last. It is not
 * opened again by itself: events may have been missed, so that each subscriber has to begin anew.
 */
export function createSocketSubscriptions(options: SocketSubscriptionsOptions): SocketSubscriptions {
  const { subgraphName, url, connectTimeoutMs, maxMessageBytes, maxQueuedResults } = options
  const { pingIntervalMs = PING_INTERVAL_MS } = options

  class SubgraphSocket extends WebSocket {
    constructor(address: string, protocol: string) {
      const headers = options.headers()
      super(address, protocol, { headers, handshakeTimeout: connectTimeoutMs, maxPayload: maxMessageBytes })
      endWhenSilent(this, pingIntervalMs)
    }
  }

  const client = createClient({
    url,
    webSocketImpl: SubgraphSocket,
    retryAttempts: 0,
    connectionAckWaitTimeout: connectTimeoutMs,
    jsonMessageReviver: refusePrototypeKey,
    onNonLazyError: () => undefined,
  })

  function subscribe({ document, operationName, variables, context, ...request }: SubgraphRequest) {
    const signal = request.signal ?? context.signal
    const extensions = options.extensionsFor?.(context) ?? null
    const results = createMessageQueue<ExecutionResult>(maxQueuedResults, () => unsubscribe())
    const leaving = { handleEvent: () => void results.return() }
    const finish = (error?: Error) => {
      signal?.removeEventListener('abort', leaving)
      results.end(error)
    }

    const unsubscribe = client.subscribe(
      {
        query: document,
        ...(operationName === undefined ? {} : { operationName }),
        ...(variables ? { variables } : {}),
        ...(extensions ? { extensions } : {}),
      },
      {
        next(message) {
          const result = resultOf(subgraphName, message)
          if (result && results.push(result)) return
          finish(
            new SubgraphUnavailable(
              subgraphName,
              'error',
              result
                ? `sent more than ${maxQueuedResults} results that nobody took in time`
                : 'sent a message that is no GraphQL result',
            ),
          )
          unsubscribe()
        },
        error(reason) {
          if (!Array.isArray(reason)) return finish(lost(reason))
          results.push(resultOf(subgraphName, { errors: reason }) ?? {})
          finish()
        },
        complete: () => finish(),
      },
    )
    if (signal?.aborted) leaving.handleEvent()
    else signal?.addEventListener('abort', leaving)
    return results
  }

  function lost(reason: unknown): SubgraphUnavailable {
    const said = reason instanceof Error ? reason.message : closeReason(reason)
    return new SubgraphUnavailable(subgraphName, 'error', `lost its socket at ${url}: ${said}`, reason)
  }

  return {
    subscribe,
    [Symbol.asyncDispose]: async () => client.dispose(),
  }
}

/**
 * Where nothing is written, TCP does not notice for ever that the other side is gone without a word (a host that died, a
 * firewall that forgot the connection): each interval a ping has to be answered.
 */
function endWhenSilent(socket: WebSocket, intervalMs: number): void {
  let isAlive = true
  const hear = (): void => {
    isAlive = true
  }
  const ping = (): void => {
    if (!isAlive) return socket.terminate()
    isAlive = false
    return socket.ping()
  }
  socket.on('pong', hear)
  socket.on('message', hear)
  socket.on('open', () => {
    const timer = setInterval(ping, intervalMs).unref()
    socket.on('close', () => clearInterval(timer))
  })
}

function refusePrototypeKey(key: string, value: unknown): unknown {
  if (key === '__proto__') throw new Error('a message has a key "__proto__", which is never read')
  return value
}

/** Of what `ws` gives when a socket closes, or could not be opened. */
function closeReason(event: unknown): string {
  if (typeof event !== 'object' || event === null) return 'for an unknown reason'
  if ('message' in event && typeof event.message === 'string') return event.message
  if (!('code' in event)) return 'for an unknown reason'
  const reason = 'reason' in event && typeof event.reason === 'string' ? event.reason : ''
  return `closed with ${String(event.code)}${reason === '' ? '' : ` (${reason})`}`
}
