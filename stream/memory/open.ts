import type { Clock } from '../../platform/clock.ts'
import type { EntityRef, Stream } from '../ports.ts'
import { createMemoryEntityCache } from './entity-cache.ts'
import { createMemoryFeed, type MemoryFeed } from './feed.ts'
import { createMemoryHints } from './hints.ts'
import { createMemoryLeases } from './leases.ts'
import { createMemoryRateLimits } from './rate-limits.ts'

export interface MemoryStream extends Stream {
  readonly feed: MemoryFeed
  /** Loses everything: the feed has a new epoch, and the entity cache is empty. */
  flush(): void
  /** Loses one entity of the cache, with its fence and its token. */
  evict(entity: EntityRef): void
}

/** What one process needs of a stream, without a server. What it holds is gone when it ends. */
export function openMemoryStream(options: { clock: Clock; partitions?: number }): MemoryStream {
  const { clock, partitions } = options
  const entityCache = createMemoryEntityCache({ clock, epochOf: () => feed.epoch() })
  const feed = createMemoryFeed({
    // Microseconds, as in Redis: a later process never begins at an earlier epoch.
    epoch: String(clock() * 1_000),
    raiseFence: (change) => entityCache.raiseFence(change),
    ...(partitions !== undefined && { partitions }),
  })
  const claims = new Map<string, string>()
  return {
    feed,
    entityCache,
    leases: createMemoryLeases({ clock }),
    rateLimits: createMemoryRateLimits({ clock }),
    hints: createMemoryHints(),
    async claim(owner) {
      const said = Object.entries(owner)
      for (const [name, value] of said) if ((claims.get(name) ?? value) !== value) return name
      for (const [name, value] of said) claims.set(name, value)
      return null
    },
    flush() {
      claims.clear()
      entityCache.clear()
      feed.reset()
    },
    evict: (entity) => entityCache.evict(entity),
    [Symbol.asyncDispose]: () => feed[Symbol.asyncDispose](),
  }
}
