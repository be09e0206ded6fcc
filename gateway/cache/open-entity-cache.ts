import type { Log } from '../../platform/log.ts'
import { EntityCache, type EntityCacheOptions } from './entity-cache.ts'
import { followFeed } from './feed/follow-feed.ts'

export interface OpenedEntityCache extends AsyncDisposable {
  cache: EntityCache
}

/** A cache that follows the feed until it is disposed of. */
export function openEntityCache(options: EntityCacheOptions & { log: Log }): OpenedEntityCache {
  const { feed, log } = options
  const cache = new EntityCache(options)
  const following = feed && followFeed(feed, cache, { log })
  return {
    cache,
    async [Symbol.asyncDispose]() {
      await following?.[Symbol.asyncDispose]()
    },
  }
}
