import type { FastifyPluginAsync } from 'fastify'
import { CALLER_HEADER, type CheckCaller } from '../core/access/caller-token.ts'
import { MonogramError } from '../core/errors.ts'
import type { ApiKeyStore } from '../storage/ports.ts'

export interface KeyDoorOptions {
  keys: Pick<ApiKeyStore, 'get'>
  check: CheckCaller
}

export const KEY_DOOR_PATH = '/internal/keys/'

/** `GET /internal/keys/{id}`: what is kept of a key, `{ "record": … }` or null, for a gateway, which has no store of its own. */
export function keyDoor({ keys, check }: KeyDoorOptions): FastifyPluginAsync {
  return async (app) => {
    app.get<{ Params: { id: string } }>(
      `${KEY_DOOR_PATH}:id`,
      { exposeHeadRoute: false },
      async (request, reply) => {
        const token = request.headers[CALLER_HEADER]
        const caller = check(typeof token === 'string' ? token : undefined)
        if (caller.kind === 'refused') {
          throw new MonogramError('UNAUTHENTICATED', `this door is for Monogram's own gateway: ${caller.why}`)
        }
        return reply.header('cache-control', 'no-store').send({ record: await keys.get(request.params.id) })
      },
    )
  }
}
