import { createServer, type RequestListener, type Server } from 'node:http'
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { MonogramError } from '../core/errors.ts'
import { trackMethods } from './allowed-methods.ts'
import { createDirectPosts, type DirectPosts } from './direct-posts.ts'
import { createDrain, type Drain } from './drain.ts'
import { errorHeaders, toMonogramError } from './http-error.ts'
import type { Log } from './log.ts'
import { createRequestIds } from './request-ids.ts'

export interface HttpServerOptions {
  log: Log
  /** Of a request's body, where a route does not set its own. */
  bodyLimitBytes?: number
  /** For receiving a whole request. */
  requestTimeoutMs?: number
  drain?: Drain
  directPosts?: DirectPosts
}

declare module 'fastify' {
  interface FastifyInstance {
    directPosts: DirectPosts
    drain: Pick<Drain, 'phase'>
  }
}

/** Longer than the idle time of the usual load balancers, which else send into a connection just being closed. */
const KEEP_ALIVE_MS = 75_000

/**
 * A server that answers every error as `{ "error": { "code", "message", "requestId" } }` with the catalogue's status,
 * and every request with its id in `x-request-id`. Ids are its own: one that a caller sends is not looked at. Bodies
 * are JSON unless a route adds a parser. While it closes, requests under way are finished and new ones get NOT_READY.
 */
export function createHttpServer({
  log,
  bodyLimitBytes = 1024 * 1024,
  requestTimeoutMs = 30_000,
  drain = createDrain(),
  directPosts = createDirectPosts(),
}: HttpServerOptions): FastifyInstance {
  const server = fastify({
    serverFactory: (handle) => serverWith(directPosts, handle, requestTimeoutMs),
    logger: false,
    bodyLimit: bodyLimitBytes,
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    requestIdHeader: false,
    genReqId: createRequestIds(),
    frameworkErrors: (error, request, reply) => void sendError(error, request, reply),
  })
  server.decorate('directPosts', directPosts)
  server.decorate('drain', drain)
  server.removeContentTypeParser('text/plain')
  const methodsAt = trackMethods(server)
  server.addHook('preClose', (done) => {
    drain.close()
    done()
  })
  server.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    done(
      drain.phase === 'closing'
        ? new MonogramError('NOT_READY', 'the server is stopping; try again in a moment')
        : undefined,
    )
  })
  // A connection that is kept alive after the last answer would hold the closing up until it times out.
  server.addHook('onSend', (_request, reply, payload, done) => {
    if (drain.phase !== 'serving') reply.header('connection', 'close')
    done(null, payload)
  })
  server.setErrorHandler(sendError)
  server.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0] ?? ''
    const methods = directPosts.find(path) ? ['POST'] : methodsAt(path)
    if (methods.length === 0) return sendError(nothingAt(path), request, reply)
    return sendError(notAllowed(request.method, path, methods), request, reply)
  })
  return server

  function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const known = toMonogramError(error)
    logServerError(log, known, request.id)
    const { code, message } = known
    return reply
      .code(known.status)
      .headers({ ...errorHeaders(known), 'x-request-id': request.id })
      .send({ error: { code, message, requestId: request.id } })
  }
}

function serverWith(directPosts: DirectPosts, handle: RequestListener, requestTimeoutMs: number): Server {
  return createServer(
    { keepAliveTimeout: KEEP_ALIVE_MS, requestTimeout: requestTimeoutMs },
    (request, response) => {
      const direct = request.method === 'POST' ? directPosts.find(request.url ?? '') : undefined
      if (direct) direct(request, response)
      else handle(request, response)
    },
  )
}

/** What the operator must know of: our own bugs as errors, with their cause, and what is not available as warnings. */
export function logServerError(log: Log, error: MonogramError, requestId: string): void {
  if (error.code === 'INTERNAL') log.error({ err: error.cause ?? error, requestId }, 'a request failed')
  else if (error.status >= 500 && error.cause !== undefined) {
    log.warn({ err: error.cause, requestId, code: error.code }, 'a request could not be served')
  }
}

/** Names of documents have up to 128 characters. */
const MAX_PARAMETER_LENGTH = 200
const MAX_SHOWN_PATH = 200

function nothingAt(path: string): MonogramError {
  return new MonogramError('NOT_FOUND', `there is nothing at ${path.slice(0, MAX_SHOWN_PATH)}`)
}

function notAllowed(method: string, path: string, methods: readonly string[]): MonogramError {
  const allow = methods.join(', ')
  const message = `${path.slice(0, MAX_SHOWN_PATH)} does not answer to ${method}, but to ${allow}`
  return new MonogramError('METHOD_NOT_ALLOWED', message, { details: { allow } })
}
