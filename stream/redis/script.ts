import { createHash } from 'node:crypto'
import type { RedisClient } from './client.ts'

/** A Lua script. A server that does not know it is given its text. */
export interface Script {
  run(client: RedisClient, keys: readonly string[], args: readonly (string | number)[]): Promise<unknown>
}

export function createScript(lua: string): Script {
  const sha = createHash('sha1').update(lua).digest('hex')
  return {
    async run(client, keys, args) {
      try {
        return await client.evalsha(sha, keys.length, ...keys, ...args)
      } catch (error) {
        if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
        return client.eval(lua, keys.length, ...keys, ...args)
      }
    },
  }
}
