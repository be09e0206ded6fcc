import type { FastifyPluginAsync } from 'fastify'
import { MonogramError } from '../core/errors.ts'
import type { Drain } from './drain.ts'

/** Resolves when what it checks can be used; rejects with the reason. */
export type ReadyCheck = () => Promise<void> | void

export interface HealthOptions {
  /** By the name under which a failure is told. */
  checks: Readonly<Record<string, ReadyCheck>>
  /** A check that takes longer has failed. */
  checkTimeoutMs?: number
  /** When it is not ready whatever the checks say. */
  drain?: Pick<Drain, 'phase'>
}

/**
 * `GET /healthz/live`: the process runs and its event loop turns. `GET /healthz/ready`: it can serve; else 503 and
 * what fails. Neither wants a key, so reasons are told only where they are errors of the catalogue.
 */
export function healthRoutes({ checks, checkTimeoutMs = 2_000, drain }: HealthOptions): FastifyPluginAsync {
  return async (app) => {
    app.addHook('onSend', (_request, reply, payload, done) => {
      reply.header('cache-control', 'no-store')
      done(null, payload)
    })
    app.get('/healthz/live', () => ({ status: 'live' }))
    app.get('/healthz/ready', async (_request, reply) => {
      if (drain && drain.phase !== 'serving') {
        return reply.code(503).send({ status: 'not ready', failing: { process: 'stopping' } })
      }
      const results = await Promise.all(
        Object.entries(checks).map(async ([name, check]) => [name, await outcome(check)] as const),
      )
      const failing = Object.fromEntries(results.filter(([, reason]) => reason !== null))
      if (Object.keys(failing).length === 0) return { status: 'ready' }
      return reply.code(503).send({ status: 'not ready', failing })
    })
  }

  async function outcome(check: ReadyCheck): Promise<string | null> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<string>((resolve) => {
      timer = setTimeout(resolve, checkTimeoutMs, `no answer within ${checkTimeoutMs} ms`)
    })
    try {
      return await Promise.race([Promise.resolve(check()).then(() => null), late])
    } catch (error) {
      return error instanceof MonogramError ? error.message : 'failed'
    } finally {
      clearTimeout(timer)
    }
  }
}
