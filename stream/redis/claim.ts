import type { Stream } from '../ports.ts'
import type { RedisClient } from './client.ts'
import { ownerKey } from './keys.ts'
import { createScript } from './script.ts'
import { CLAIM } from './scripts/claim.ts'

const script = createScript(CLAIM)

/** Kept beside the feed and for as long: `FLUSHALL` gives it up, and the next process claims it. */
export function createRedisClaim(client: RedisClient): Stream['claim'] {
  return async (owner) => {
    try {
      return (await script.run(client, [ownerKey()], Object.entries(owner).flat())) as string | null
    } catch {
      // It is away, or takes no writes now: what it holds cannot be used either.
      return null
    }
  }
}
