import { LRUCache } from 'lru-cache'
import type { EventKey, TrailId } from '../../core/events/event.ts'

/**
 * Events are kept by trail, and callers that name one by its key alone have nearly always just read it: its trail is
 * remembered, so that a sharded database goes to the one shard that has it. A key that is not remembered is asked for
 * everywhere, with the same answer.
 */
export interface EventRoutes {
  remember(key: EventKey, trail: TrailId): void
  /** A filter for one of these keys each. */
  one(key: EventKey): { _id: string; trail?: string }
  many(keys: readonly EventKey[]): { _id: { $in: string[] }; trail?: { $in: string[] } }
}

const MAX_REMEMBERED = 50_000

export function createEventRoutes(): EventRoutes {
  const trails = new LRUCache<EventKey, TrailId>({ max: MAX_REMEMBERED })
  return {
    remember: (key, trail) => {
      trails.set(key, trail)
    },
    one: (key) => {
      const trail = trails.get(key)
      return trail === undefined ? { _id: key } : { _id: key, trail }
    },
    many: (keys) => {
      const found = keys.map((key) => trails.get(key))
      const _id = { $in: [...keys] }
      if (found.length === 0 || found.includes(undefined)) return { _id }
      return { _id, trail: { $in: [...new Set(found as TrailId[])] } }
    },
  }
}
