import type { FastifyPluginAsync, FastifyReply, FastifyRequest } from 'fastify'
import type { Authenticate } from '../core/access/authenticate.ts'
import type { RequestContext } from '../core/access/request-context.ts'
import { requireScope } from '../core/access/require-scope.ts'
import { credentialsOf } from '../platform/credentials.ts'
import { demandsOf } from '../platform/demands.ts'
import { errorHeaders, toMonogramError } from '../platform/http-error.ts'
import { logServerError } from '../platform/http.ts'
import type { Log } from '../platform/log.ts'
import type { EmailRenderer, RenderedEmail } from './create-email-renderer.ts'
import { errorPage, listPage, type FeaturedRecipient } from './pages.ts'
import { parsePreviewQuery } from './preview-query.ts'

export interface EmailRoutesOptions {
  renderer: EmailRenderer
  authenticate: Authenticate
  log: Log
  /** People whose previews the list offers. */
  featured?: readonly FeaturedRecipient[]
}

/**
 * `GET /emails` and `GET /emails/{template}/preview?userId=…` for whoever may read. A browser gets pages, also for
 * errors; everybody else JSON, and errors in the form that the server gives them.
 */
export function emailRoutes(options: EmailRoutesOptions): FastifyPluginAsync {
  const { renderer, authenticate, log, featured = [] } = options

  const authorize = async ({ headers, id, signal }: FastifyRequest): Promise<RequestContext> => ({
    requestId: id,
    principal: requireScope(await authenticate(credentialsOf(headers)), 'read'),
    signal,
    ...demandsOf(headers),
  })

  return async (server) => {
    server.addHook('onRequest', async (_, reply) => {
      reply.headers(HEADERS)
    })

    server.setErrorHandler(async (error, request, reply) => {
      if (!wantsPage(request)) throw error
      const known = toMonogramError(error)
      logServerError(log, known, request.id)
      return sendPage(reply.status(known.status).headers(errorHeaders(known)), errorPage(known, request.id))
    })

    server.get('/emails', async (request, reply) => {
      await authorize(request)
      if (wantsPage(request)) return sendPage(reply, listPage(renderer.templates, featured))
      return { templates: renderer.templates, featured }
    })

    server.get<{ Params: { template: string } }>('/emails/:template/preview', async (request, reply) => {
      const context = await authorize(request)
      const { key, format } = parsePreviewQuery(request.query)
      const email = await renderer.render({ template: request.params.template, key, context })
      return sendEmail(reply, email, format)
    })
  }
}

/** What is shown is somebody's, and made of what strangers sent: not kept, not framed by others, no script whatever. */
const HEADERS = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src https: data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  vary: 'accept',
}

function wantsPage(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('text/html') ?? false
}

function sendPage(reply: FastifyReply, html: string): FastifyReply {
  return reply.type('text/html; charset=utf-8').send(html)
}

function sendEmail(
  reply: FastifyReply,
  email: RenderedEmail,
  format: 'html' | 'text' | 'json',
): FastifyReply {
  if (email.degraded.length > 0) reply.header('x-monogram-degraded', email.degraded.join(', '))
  if (email.stale) reply.header('x-monogram-stale', 'true')
  if (format === 'json') return reply.send(email)
  if (format === 'text') return reply.type('text/plain; charset=utf-8').send(email.text)
  return sendPage(reply, email.html)
}
