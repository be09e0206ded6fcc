import { LRUCache } from 'lru-cache'
import type { Clock } from '../../platform/clock.ts'
import type { RateLimits } from '../ports.ts'
import { takeFrom, type Bucket } from '../token-bucket.ts'

/** The buckets of one process. Beyond `maxBuckets` the one used longest ago is full again. */
export function createMemoryRateLimits(options: { clock: Clock; maxBuckets?: number }): RateLimits {
  const { clock, maxBuckets = 100_000 } = options
  const buckets = new LRUCache<string, Bucket>({ max: maxBuckets })
  return {
    take(key, cost, limit) {
      const { bucket, result } = takeFrom(buckets.get(key), cost, limit, clock())
      buckets.set(key, bucket)
      return Promise.resolve(result)
    },
  }
}
