import type { FastifyPluginAsync } from 'fastify'
import { MonogramError } from '../core/errors.ts'
import type { BrowserSessions } from './browser-session.ts'

export interface SessionRoutesOptions {
  sessions: Pick<BrowserSessions, 'redeem'>
  /** Where the browser goes once it has its session. */
  landing?: string
}

/** `GET /session/{token}`: exchanges a one-time link for a session cookie. Needs no key: the link is the key. */
export function sessionRoutes({ sessions, landing = '/' }: SessionRoutesOptions): FastifyPluginAsync {
  return async (app) => {
    app.get<{ Params: { token: string } }>(
      '/session/:token',
      { exposeHeadRoute: false },
      async (request, reply) => {
        const cookie = sessions.redeem(request.params.token)
        if (cookie === null) {
          throw new MonogramError(
            'UNAUTHENTICATED',
            'this link was used already or is older than 15 minutes; the server prints a new one when it starts',
          )
        }
        return reply
          .header('set-cookie', cookie)
          .header('cache-control', 'no-store')
          .header('referrer-policy', 'no-referrer')
          .redirect(landing, 303)
      },
    )
  }
}
