import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Registry } from 'prom-client'
import type { Authenticate } from '../../core/access/authenticate.ts'
import { requireScope } from '../../core/access/require-scope.ts'
import type { Principal } from '../../core/access/principal.ts'
import { MonogramError } from '../../core/errors.ts'
import { credentialsOf } from '../../platform/credentials.ts'
import { demandsOf } from '../../platform/demands.ts'
import type { Log } from '../../platform/log.ts'
import { didYouMean } from '../../platform/nearest.ts'
import { deadlineBudget, type DeadlineBounds } from '../deadlines/deadline-budget.ts'
import { createTurnClock } from '../deadlines/turn-clock.ts'
import type { TrustedDocument, TrustedDocuments } from '../documents/load-documents.ts'
import { traceOf } from '../trace-of.ts'
import { createDeadlineTimers } from '../transports/deadline-timers.ts'
import { readRenderBodies, type RenderBody } from './read-body.ts'
import { createRenderDocument } from './render-document.ts'

export interface RenderRoutesOptions {
  /** Those in force now; asked for each request. */
  documents: () => TrustedDocuments
  authenticate: Authenticate
  log: Log
  metrics?: Registry
  deadlines?: DeadlineBounds
  maxInFlight?: number
  bodyLimitBytes?: number
}

export const RENDER_DEADLINES: DeadlineBounds = { defaultMs: 250, minMs: 5, maxMs: 30_000 }

/**
 * `POST /render/{documentId}` with `{ "variables": {…}, "deadlineMs": 150, "after": "r_…" }`, for renderers: a trusted document, by name
 * or hash, answered with 200 inside the deadline whatever the subgraphs do. `{ data, errors?, extensions: { degraded } }`
 * names each part that is not what it should be, and why. The time counts from when the request was there to be read.
 */
export function renderRoutes(options: RenderRoutesOptions): FastifyPluginAsync {
  const { documents, authenticate, log, metrics, deadlines = RENDER_DEADLINES } = options
  const { maxInFlight = 1_000, bodyLimitBytes = 64 * 1024 } = options

  return async (app) => {
    const timers = createDeadlineTimers()
    const turns = createTurnClock()
    app.server.on('connection', (socket) => turns.onConnection(socket))
    const render = createRenderDocument({
      log,
      timers,
      turns,
      maxInFlight,
      ...(metrics ? { metrics } : {}),
    })
    const arrivals = new WeakMap<FastifyRequest, { at: number; principal: Principal }>()

    readRenderBodies(app)
    app.post<{ Params: { documentId: string } }>(
      '/render/:documentId',
      {
        bodyLimit: bodyLimitBytes,
        onRequest: async (request) => {
          const at = turns.arrivedAt(request.raw.socket)
          const principal = requireScope(await authenticate(credentialsOf(request.headers)), 'read')
          arrivals.set(request, { at, principal })
        },
      },
      async (request, reply) => {
        const arrival = arrivals.get(request)
        if (!arrival) throw new Error('a render came to its handler without having been authenticated')
        const document = requireDocument(request.params.documentId)
        const body = (request.body ?? NO_BODY) as RenderBody
        const budgetMs = deadlineBudget(body.deadlineMs, 'deadlineMs', {
          ...deadlines,
          defaultMs: document.deadlineMs ?? deadlines.defaultMs,
        })
        const coerced = document.coerce(body.variables)
        if (coerced.kind === 'refused') {
          throw new MonogramError('BAD_USER_INPUT', coerced.mistakes.join('; '))
        }
        const answer = await render({
          document,
          variables: coerced.variables,
          context: {
            requestId: request.id,
            principal: arrival.principal,
            deadlineAt: arrival.at + budgetMs,
            ...traceOf(request.headers),
            ...demandsOf(request.headers, body.after),
          },
        })
        return reply.headers(ANSWER_HEADERS).send(answer)
      },
    )
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
}

const NO_BODY: RenderBody = { variables: {}, deadlineMs: undefined }

const ANSWER_HEADERS = {
  'content-type': 'application/json; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
}
