import type { Stream } from '../ports.ts'
import type { RedisClient } from './client.ts'
import { ownerKey } from './keys.ts'

/** Kept beside the feed and for as long: `FLUSHALL` gives it up, and the next process claims it. */
export function createRedisClaim(client: RedisClient): Stream['claim'] {
  return async (owner) => {
    for (const [name, value] of Object.entries(owner)) {
      try {
        if ((await client.hsetnx(ownerKey(), name, value)) === 1) continue
        const said = await client.hget(ownerKey(), name)
        if (said !== null && said !== value) return name
      } catch {
        // It is away, or takes no writes now: what it holds cannot be used either.
        return null
      }
    }
    return null
  }
}
