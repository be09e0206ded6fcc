import { createHash } from 'node:crypto'
import { Cluster } from 'ioredis'
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
        const message = error instanceof Error ? error.message : ''
        if (message.startsWith('MOVED') && client instanceof Cluster) await learnSlots(client)
        else if (!message.startsWith('NOSCRIPT')) throw error
        return client.eval(lua, keys.length, ...keys, ...args)
      }
    },
  }
}

/**
 * ioredis follows a slot that has moved by itself, but not where commands for several slots went to a master together: it
 * would go on asking the one before until it looks at the slots again, some seconds later.
 */
function learnSlots(client: Cluster): Promise<void> {
  return new Promise((resolve) => client.refreshSlotsCache(() => resolve()))
}
