import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Authenticate } from '../../core/access/authenticate.ts'
import { requireScope } from '../../core/access/require-scope.ts'
import { MonogramError } from '../../core/errors.ts'
import { credentialsOf } from '../../platform/credentials.ts'
import { demandsOf } from '../../platform/demands.ts'
import type { DirectPosts } from '../../platform/direct-posts.ts'
import type { Drain } from '../../platform/drain.ts'
import { errorHeaders, toMonogramError } from '../../platform/http-error.ts'
import { logServerError } from '../../platform/http.ts'
import type { Log } from '../../platform/log.ts'
import { didYouMean } from '../../platform/nearest.ts'
import { readText } from '../../platform/read-text.ts'
import { createRequestIds } from '../../platform/request-ids.ts'
import { deadlineBudget, type DeadlineBounds } from '../deadlines/deadline-budget.ts'
import type { TurnClock } from '../deadlines/turn-clock.ts'
import type { TrustedDocument, TrustedDocuments } from '../documents/load-documents.ts'
import { traceOf } from '../trace-of.ts'
import type { DeadlineTimers } from '../transports/deadline-timers.ts'
import { parseRenderBody, type RenderBody } from './read-body.ts'
import type { RenderDocument, RenderedText } from './render-document.ts'

export interface RenderListenerOptions {
  documents: () => TrustedDocuments
  authenticate: Authenticate
  render: RenderDocument
  timers: DeadlineTimers
  turns: TurnClock
  deadlines: DeadlineBounds
  bodyLimitBytes: number
  drain: Pick<Drain, 'phase'>
  answered: DirectPosts['answered']
  log: Log
}

export const RENDER_PREFIX = '/render/'
const ROUTE = `${RENDER_PREFIX}:documentId`

/**
 * Answers `POST /render/{documentId}`. A bare listener: under a burst what surrounds an answer is all the work that there
 * is, and with fastify's part of it (routing, hooks, its reply) a refusal costs three times as much.
 */
export function createRenderListener(options: RenderListenerOptions): RequestListener {
  const { documents, authenticate, render, timers, turns, deadlines, bodyLimitBytes, drain, log } = options
  const nextId = createRequestIds()

  return (request, response) => {
    const seenAt = performance.now()
    const arrivedAt = turns.arrivedAt(request.socket)
    timers.tellDue()
    const requestId = nextId()
    answerTo(request, requestId, arrivedAt)
      .then(
        (text) => send(response, 200, text, requestId, ANSWER_HEADERS),
        (error: unknown) => refuse(request, response, error, requestId),
      )
      .catch((error: unknown) => log.error({ err: error, requestId }, 'an answer could not be sent'))
      .finally(() => {
        const elapsedMs = performance.now() - seenAt
        options.answered({ route: ROUTE, status: response.statusCode, elapsedMs })
      })
  }

  async function answerTo(
    request: IncomingMessage,
    requestId: string,
    arrivedAt: number,
  ): Promise<RenderedText> {
    if (drain.phase === 'closing') {
      throw new MonogramError('NOT_READY', 'the server is stopping; try again in a moment')
    }
    const { headers } = request
    const principal = requireScope(await authenticate(credentialsOf(headers)), 'read')
    const body = await readBody(request, bodyLimitBytes)
    const document = requireDocument(idOf(request.url ?? ''))
    const budgetMs = deadlineBudget(body.deadlineMs, 'deadlineMs', {
      ...deadlines,
      defaultMs: document.deadlineMs ?? deadlines.defaultMs,
    })
    const coerced = document.coerce(body.variables)
    if (coerced.kind === 'refused') throw new MonogramError('BAD_USER_INPUT', coerced.mistakes.join('; '))
    return await render({
      document,
      variables: coerced.variables,
      context: {
        requestId,
        principal,
        deadlineAt: arrivedAt + budgetMs,
        ...traceOf(headers),
        ...demandsOf(headers, body.after),
      },
    })
  }

  function requireDocument(id: string): TrustedDocument {
    const known = documents()
    const document = known.find(id)
    if (document) return document
    throw new MonogramError(
      'DOCUMENT_UNKNOWN',
      `there is no document "${id.slice(0, 80)}"${didYouMean(id, known.names)}`,
    )
  }

  function refuse(
    request: IncomingMessage,
    response: ServerResponse,
    error: unknown,
    requestId: string,
  ): void {
    const known = toMonogramError(error)
    logServerError(log, known, requestId)
    // What is left of the body is not read: the connection cannot be used again.
    if (!request.complete) response.setHeader('connection', 'close')
    const text = JSON.stringify({ error: { code: known.code, message: known.message, requestId } })
    send(response, known.status, text, requestId, { ...ERROR_HEADERS, ...errorHeaders(known) })
  }

  function send(
    response: ServerResponse,
    status: number,
    text: RenderedText,
    requestId: string,
    headers: Readonly<Record<string, string>>,
  ): void {
    if (drain.phase !== 'serving') response.setHeader('connection', 'close')
    response.writeHead(status, {
      'x-request-id': requestId,
      ...headers,
      'content-length': typeof text === 'string' ? Buffer.byteLength(text) : text.length,
    })
    response.end(text)
  }
}

/** Before a body that nobody will read as JSON is read at all. */
async function readBody(request: IncomingMessage, maxBytes: number): Promise<RenderBody> {
  const type = request.headers['content-type']
  const length = request.headers['content-length']
  const isEmpty =
    request.headers['transfer-encoding'] === undefined && (length === undefined || length === '0')
  if (type === undefined && isEmpty) {
    request.resume()
    return NO_BODY
  }
  if (type === undefined || !/^application\/json\s*(?:;|$)/i.test(type)) {
    throw new MonogramError(
      'UNSUPPORTED_ENCODING',
      `the body: expected content-type application/json, got ${quoted(type)}`,
    )
  }
  if (Number(length) > maxBytes) {
    throw new MonogramError('BODY_TOO_LARGE', `the body: expected at most ${maxBytes} bytes, got ${length}`)
  }
  return parseRenderBody(await readText(request, maxBytes))
}

const NO_BODY: RenderBody = { variables: {}, deadlineMs: undefined }

function quoted(type: string | undefined): string {
  return type === undefined ? 'none' : JSON.stringify(type.slice(0, 80))
}

/** The last segment of the address. */
function idOf(url: string): string {
  const query = url.indexOf('?')
  const id = url.slice(RENDER_PREFIX.length, query < 0 ? url.length : query)
  if (!id.includes('%')) return id
  try {
    return decodeURIComponent(id)
  } catch {
    return id
  }
}

const ANSWER_HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
}
const ERROR_HEADERS = { 'content-type': 'application/json; charset=utf-8' }
