import type { Clock } from '../../platform/clock.ts'
import { createMemoryRateLimits } from '../memory/rate-limits.ts'
import { partitionOf } from '../partition.ts'
import type { RateLimits } from '../ports.ts'
import { resultOf } from '../token-bucket.ts'
import type { RedisClient } from './client.ts'
import { bucketKey } from './keys.ts'
import { createScript } from './script.ts'
import { TAKE } from './scripts/take.ts'
import { createSluice } from './sluice.ts'

/** Nobody waits longer to be let in. */
const TIMEOUT_MS = 50

const script = createScript(TAKE)

/** While Redis does not answer, each process counts for itself: a key then has as many buckets as there are processes. */
export function createRedisRateLimits(options: {
  client: RedisClient
  partitions: number
  clock: Clock
}): RateLimits {
  const { client, partitions, clock } = options
  const local = createMemoryRateLimits({ clock })
  const sluice = createSluice()

  return {
    async take(key, cost, limit) {
      if (client.status === 'ready') {
        const name = bucketKey(partitionOf('bucket', key, partitions), key)
        const args = [cost, limit.capacity, limit.refillPerSecond]
        const answer = await sluice(
          () => script.run(client, [name], args).catch(() => null) as Promise<[number, string] | null>,
          TIMEOUT_MS,
        )
        if (answer) return resultOf(answer[0] === 1, Number(answer[1]), cost, limit)
      }
      return local.take(key, cost, limit)
    },
  }
}
