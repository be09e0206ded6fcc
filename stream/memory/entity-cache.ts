import type { Clock } from '../../platform/clock.ts'
import { entityOf } from '../owning-subgraph.ts'
import type {
  CachedEntry,
  CacheFill,
  CacheRead,
  CacheReadResult,
  Change,
  EntityCacheStore,
  EntityRef,
} from '../ports.ts'

export interface MemoryEntityCacheOptions {
  clock: Clock
  /** The epoch of the feed at this moment; null while this process is not attached to it. */
  epochOf: (entity: EntityRef) => string | null
  /** Entities: beyond it the one that was used longest ago is lost, with its fence and its token. */
  maxEntities?: number
}

/** The rules of redis/scripts in one process: for tests, and for a gateway without Redis. */
export interface MemoryEntityCache extends EntityCacheStore {
  /** What `append` does to the cache; false when the version is not above the fence. */
  raiseFence(change: Change): boolean
  evict(entity: EntityRef): void
  clear(): void
}

interface Slot {
  epoch: string
  fence: number
  token: string
  values: Map<string, CachedEntry>
}

const MISS: CacheReadResult = { entry: null, token: null, fence: 0 }

export function createMemoryEntityCache(options: MemoryEntityCacheOptions): MemoryEntityCache {
  const { clock, epochOf, maxEntities = 10_000 } = options
  const slots = new Map<string, Slot>()
  let tokens = 0

  function put(key: string, slot: Slot): Slot {
    slots.delete(key)
    slots.set(key, slot)
    const [oldest] = slots.keys()
    if (slots.size > maxEntities && oldest !== undefined) slots.delete(oldest)
    return slot
  }

  /** What is held of an entity; of another epoch is as good as nothing. */
  function find(entity: EntityRef): { key: string; epoch: string | null; slot: Slot | undefined } {
    const key = JSON.stringify([entity.subgraph, entity.type, entity.id])
    const epoch = epochOf(entity)
    const slot = slots.get(key)
    return { key, epoch, slot: slot?.epoch === epoch ? slot : undefined }
  }

  function read({ entity, class: of, fields }: CacheRead): CacheReadResult {
    const { key, epoch, slot } = find(entity)
    if (epoch === null) return MISS
    const { token, fence, values } = put(
      key,
      slot ?? { epoch, fence: 0, token: `${epoch}-${++tokens}`, values: new Map() },
    )
    const held = values.get(of)
    const found = held ? pick(held.fields, fields) : {}
    const isHeld = held && (held.isAbsent || Object.keys(found).length > 0)
    return { entry: isHeld ? { ...held, fields: found } : null, token, fence }
  }

  function fill({ entity, class: of, token, entry }: CacheFill): boolean {
    const { slot } = find(entity)
    if (!slot || slot.token !== token || entry.version < slot.fence) return false
    const held = slot.values.get(of)
    // What is not fresh any more is not put together with what is: it would take its age on.
    const isSame = held?.version === entry.version && held.isAbsent === entry.isAbsent
    const merges = isSame && held.expiresAt > clock()
    if (held && held.version > entry.version) return false
    slot.values.set(of, merges ? merge(held, entry) : entry)
    return true
  }

  return {
    read: (reads) => Promise.resolve(reads.map(read)),
    fill: (fills) => Promise.resolve(fills.map(fill)),
    raiseFence(change) {
      const { key, epoch, slot } = find(entityOf(change))
      if (epoch === null || change.version <= (slot?.fence ?? 0)) return false
      put(key, { epoch, fence: change.version, token: `${epoch}-${++tokens}`, values: new Map() })
      return true
    },
    evict(entity) {
      slots.delete(find(entity).key)
    },
    clear: () => slots.clear(),
  }
}

function pick(from: CachedEntry['fields'], keys: readonly string[]): Record<string, string> {
  const picked: Record<string, string> = {}
  for (const key of keys) {
    const value = from[key]
    if (value !== undefined) picked[key] = value
  }
  return picked
}

function merge(held: CachedEntry, entry: CachedEntry): CachedEntry {
  return {
    ...entry,
    fields: { ...held.fields, ...entry.fields },
    storedAt: Math.min(held.storedAt, entry.storedAt),
    expiresAt: Math.min(held.expiresAt, entry.expiresAt),
  }
}
