import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { CALLER_HEADER, type CheckCaller } from '../../core/access/caller-token.ts'
import type { RequestContext } from '../../core/access/request-context.ts'
import { MonogramError } from '../../core/errors.ts'
import type { Drain } from '../../platform/drain.ts'
import { errorHeaders, toMonogramError } from '../../platform/http-error.ts'
import { logServerError } from '../../platform/http.ts'
import type { Log } from '../../platform/log.ts'
import { readText } from '../../platform/read-text.ts'
import type { Subgraph } from '../create-subgraph.ts'
import type { DoorMetrics } from './door-metrics.ts'
import { parseCall, readContext } from './subgraph-call.ts'
import { visibleResult } from './visible-errors.ts'

export interface SubgraphDoorOptions {
  subgraph: Subgraph
  check: CheckCaller
  log: Log
  drain: Pick<Drain, 'phase'>
  metrics?: DoorMetrics
  maxBodyBytes?: number
  /** Calls under way; one more is refused before anything of it is done. */
  maxCalls?: number
}

/**
 * Answers one subgraph's calls over HTTP, for Monogram's own gateway alone: POST with a token that only it can make. It is a
 * bare listener, since each call of a graph passes here. Calls that were not begun say so by their status and code, so
 * that the gateway may send them elsewhere: 503 NOT_READY, 429 OVERLOADED.
 */
export function createSubgraphDoor(options: SubgraphDoorOptions): RequestListener {
  const { subgraph, check, log, drain, metrics, maxBodyBytes = 4 * 1024 * 1024, maxCalls = 2_000 } = options
  let running = 0

  return (request, response) => {
    let context: RequestContext
    try {
      context = admit(request)
    } catch (error) {
      refuse(request, response, error)
      return
    }
    running++
    const startedAt = performance.now()
    void answer(request, response, context).finally(() => {
      running--
      metrics?.observe(subgraph.name, (performance.now() - startedAt) / 1_000)
    })
  }

  /** Before the body is read. */
  function admit({ headers }: IncomingMessage): RequestContext {
    if (drain.phase === 'closing') throw new MonogramError('NOT_READY', 'this process is stopping')
    const context = readContext(headers, headers[CALLER_HEADER], check)
    if (running >= maxCalls) {
      throw new MonogramError('OVERLOADED', `${running} calls are under way, which is all that it may have`)
    }
    if (!isPlainJson(headers)) {
      throw new MonogramError('UNSUPPORTED_ENCODING', 'a call is application/json, not encoded further')
    }
    return context
  }

  /** Never rejects. */
  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    context: RequestContext,
  ): Promise<void> {
    try {
      const call = parseCall(await readText(request, maxBodyBytes))
      const result = await subgraph.execute({ ...call, context })
      send(response, 200, JSON.stringify(visibleResult(result, log, context.requestId)))
    } catch (error) {
      refuse(request, response, error, context.requestId)
    }
  }

  function refuse(
    request: IncomingMessage,
    response: ServerResponse,
    error: unknown,
    requestId = 'unknown',
  ): void {
    const known = toMonogramError(error)
    logServerError(log, known, requestId)
    metrics?.refused(subgraph.name, known.code)
    // What is left of the body is not read: the connection cannot be used again.
    if (!request.complete) response.setHeader('connection', 'close')
    for (const [name, value] of Object.entries(errorHeaders(known))) response.setHeader(name, value)
    const { code, message } = known
    send(response, known.status, JSON.stringify({ errors: [{ message, extensions: { code } }] }))
  }

  function send(response: ServerResponse, status: number, text: string): void {
    if (drain.phase !== 'serving') response.setHeader('connection', 'close')
    response.writeHead(status, {
      'content-type': status === 200 ? 'application/json' : 'application/problem+json',
      'content-length': Buffer.byteLength(text),
    })
    response.end(text)
  }
}

function isPlainJson(headers: IncomingMessage['headers']): boolean {
  const type = headers['content-type'] ?? ''
  return type.startsWith('application/json') && headers['content-encoding'] === undefined
}
