import { setMaxListeners } from 'node:events'
import { fastifyApolloHandler } from '@as-integrations/fastify'
import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import { MonogramError } from '../core/errors.ts'
import type { Authenticate } from '../core/access/authenticate.ts'
import type { RequestContext } from '../core/access/request-context.ts'
import { requireScope } from '../core/access/require-scope.ts'
import { credentialsOf } from '../platform/credentials.ts'
import { demandsOf } from '../platform/demands.ts'
import { errorHeaders, toMonogramError } from '../platform/http-error.ts'
import { logServerError } from '../platform/http.ts'
import type { Log } from '../platform/log.ts'
import { createApolloServer, type ApolloContext } from './apollo-server.ts'
import type { Gateway } from './create-gateway.ts'
import { deadlineBudget, type DeadlineBounds } from './deadlines/deadline-budget.ts'
import { createExplorerPage } from './explorer-page.ts'
import { createSocketServer, type SocketLimits } from './socket-server.ts'
import { traceOf } from './trace-of.ts'

export interface GraphqlRoutesOptions {
  gateway: Gateway
  authenticate: Authenticate
  log: Log
  path?: string
  bodyLimitBytes?: number
  socketLimits?: Partial<SocketLimits>
  /** What `x-deadline-ms` may ask for; a request over HTTP that has none gets the default. */
  deadlines?: DeadlineBounds
}

export const GRAPHQL_DEADLINES: DeadlineBounds = { defaultMs: 10_000, minMs: 5, maxMs: 30_000 }

/**
 * `POST` and `GET` of GraphQL over HTTP, `graphql-transport-ws`, and for a browser that navigates there the explorer,
 * all at one path. The explorer needs no key to load; every operation needs one. Errors have GraphQL's form here,
 * those from before GraphQL too.
 */
export function graphqlRoutes({
  gateway,
  authenticate,
  log,
  path = '/graphql',
  bodyLimitBytes = 256 * 1024,
  socketLimits = {},
  deadlines = GRAPHQL_DEADLINES,
}: GraphqlRoutesOptions): FastifyPluginAsync {
  return async (app) => {
    const apollo = createApolloServer({ gateway, log })
    await apollo.start()
    const sockets = createSocketServer({
      server: app.server,
      path,
      gateway,
      authenticate,
      log,
      limits: socketLimits,
    })
    const explorerPage = createExplorerPage(path)
    const contexts = new WeakMap<FastifyRequest, RequestContext>()

    app.addHook('preClose', () => sockets[Symbol.asyncDispose]())
    app.addHook('onClose', () => apollo.stop())
    app.setErrorHandler(sendGraphqlError)
    app.route({
      method: ['GET', 'POST'],
      url: path,
      exposeHeadRoute: false,
      bodyLimit: bodyLimitBytes,
      onRequest: async (request, reply) => {
        reply.headers(SECURITY_HEADERS)
        if (wantsPage(request)) return sendPage(request, reply)
        contexts.set(request, await contextOf(request, reply))
        return undefined
      },
      handler: fastifyApolloHandler<ApolloContext>(apollo, {
        context: async (request) => {
          const context = contexts.get(request)
          if (!context) throw new Error('a request came to Apollo Server without having been authenticated')
          return { request: context }
        },
      }),
    })

    async function sendPage(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
      const page = await explorerPage()
      reply.headers({
        'content-security-policy': page.contentSecurityPolicy,
        'cache-control': 'no-cache',
        etag: page.etag,
        vary: 'accept, accept-encoding',
      })
      if (request.headers['if-none-match'] === page.etag) return reply.code(304).send()
      reply.type('text/html; charset=utf-8')
      if (!/\bgzip\b/.test(String(request.headers['accept-encoding']))) return reply.send(await page.plain())
      return reply.header('content-encoding', 'gzip').send(page.gzipped)
    }
  }

  /** Before the body is read, so that nobody without a key makes the server read one. */
  async function contextOf(request: FastifyRequest, reply: FastifyReply): Promise<RequestContext> {
    if (!URL.canParse(request.url, `${request.protocol}://${request.hostname}/`)) {
      throw new MonogramError(
        'BAD_USER_INPUT',
        'the address or the host header of the request cannot be read',
      )
    }
    const deadlineAt =
      performance.now() + deadlineBudget(request.headers['x-deadline-ms'], 'x-deadline-ms', deadlines)
    const principal = requireScope(await authenticate(credentialsOf(request.headers)), 'read')
    // No browser sends a Bearer by itself, so a request that has one was not made by another site.
    if (/^bearer /i.test(request.headers.authorization ?? '')) {
      request.headers['apollo-require-preflight'] = 'bearer'
    }
    return {
      requestId: request.id,
      principal,
      deadlineAt,
      signal: goneSignal(reply),
      ...traceOf(request.headers),
      ...demandsOf(request.headers),
    }
  }

  function sendGraphqlError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const known = toMonogramError(error)
    logServerError(log, known, request.id)
    const { code, message } = known
    return reply
      .code(known.status)
      .headers(errorHeaders(known))
      .send({ errors: [{ message, extensions: { code, requestId: request.id } }] })
  }
}

const SECURITY_HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

/** A browser that goes to the address asks for HTML before all else; programs do not. */
function wantsPage(request: FastifyRequest): boolean {
  return request.method === 'GET' && String(request.headers.accept).includes('text/html')
}

/** Aborted when the caller goes before it has its answer. */
function goneSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  setMaxListeners(0, gone.signal)
  reply.raw.once('close', () => {
    if (!reply.raw.writableFinished) gone.abort()
  })
  return gone.signal
}
