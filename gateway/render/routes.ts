import type { FastifyPluginAsync } from 'fastify'
import type { Registry } from 'prom-client'
import type { Authenticate } from '../../core/access/authenticate.ts'
import type { Log } from '../../platform/log.ts'
import type { DeadlineBounds } from '../deadlines/deadline-budget.ts'
import { createTurnClock, type TurnClock } from '../deadlines/turn-clock.ts'
import type { TrustedDocuments } from '../documents/load-documents.ts'
import { createDeadlineTimers, type DeadlineTimers } from '../transports/deadline-timers.ts'
import { createRenderDocument } from './render-document.ts'
import { createRenderListener, RENDER_PREFIX } from './render-listener.ts'

export interface RenderRoutesOptions {
  /** Those in force now; asked for each request. */
  documents: () => TrustedDocuments
  authenticate: Authenticate
  log: Log
  metrics?: Registry
  deadlines?: DeadlineBounds
  /** Shared with the calls of subgraphs, where given: each of both then sees to the other's deadlines within a turn. */
  timers?: DeadlineTimers
  /** Shared likewise. */
  turns?: TurnClock
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
    const { timers = createDeadlineTimers(), turns = createTurnClock() } = options
    app.server.on('connection', (socket) => turns.onConnection(socket))
    const render = createRenderDocument({
      log,
      timers,
      turns,
      maxInFlight,
      ...(metrics ? { metrics } : {}),
    })
    const listener = createRenderListener({
      documents,
      authenticate,
      render,
      timers,
      turns,
      deadlines,
      bodyLimitBytes,
      drain: app.drain,
      answered: (answer) => app.directPosts.answered(answer),
      log,
    })
    app.directPosts.under(RENDER_PREFIX, listener)
  }
}
