import type {
  CachedEntry,
  CacheRead,
  CacheReadResult,
  EntityCacheStore,
  EntityRef,
} from '../../../stream/ports.ts'
import type { CacheCounters } from '../cache-counters.ts'
import type { EntityWant } from '../entity-read.ts'
import type { EntitySpace } from '../near/entity-space.ts'
import { NearEntry, NearField, NO_FIELDS } from '../near/near-entry.ts'

/** Some fields of an entity for those of one class, in the terms of both levels. */
export interface SharedRead extends CacheRead {
  space: EntitySpace
}

export interface SharedLevelOptions {
  store: EntityCacheStore
  counters: CacheCounters
  clock: () => number
  timeoutMs: number
}

/** The level that processes share, in the terms of those who want entities. It never rejects, and has a bound of time. */
export class SharedLevel {
  readonly #store: EntityCacheStore
  readonly #counters: CacheCounters
  readonly #clock: () => number
  readonly #timeoutMs: number

  constructor({ store, counters, clock, timeoutMs }: SharedLevelOptions) {
    this.#store = store
    this.#counters = counters
    this.#clock = clock
    this.#timeoutMs = timeoutMs
  }

  read(reads: readonly SharedRead[]): Promise<CacheReadResult[]> {
    return this.#store.read(reads, { timeoutMs: this.#timeoutMs })
  }

  /** Whether it was kept. */
  async fill({ space, class: of }: EntityWant, id: string, kept: NearEntry, token: string): Promise<boolean> {
    const entry = sharedEntryOf(id, kept, this.#clock())
    const entity = entityRefOf(space, id)
    const [isFilled = false] = await this.#store.fill([{ entity, class: of, token, entry }])
    if (isFilled) this.#counters.storeFills.filled++
    else this.#counters.storeFills.refused++
    return isFilled
  }
}

export function entityRefOf({ subgraph, typeName }: EntitySpace, id: string): EntityRef {
  return { subgraph, type: typeName, id }
}

function sharedEntryOf(id: string, { version, fields, absentUntil }: NearEntry, now: number): CachedEntry {
  if (absentUntil > 0)
    return { id, version, fields: {}, storedAt: now, expiresAt: absentUntil, isAbsent: true }
  const held = [...fields]
  return {
    id,
    version,
    fields: Object.fromEntries(held.map(([key, { text }]) => [key, text])),
    storedAt: Math.min(...held.map(([, { storedAt }]) => storedAt)),
    expiresAt: Math.min(...held.map(([, { freshUntil }]) => freshUntil)),
  }
}

/**
 * What is shared of an entity, as this process keeps it; null for what may not be served: of another entity, not fresh,
 * not whole, or older than `fence`.
 */
export function nearEntryOf(
  entry: CachedEntry,
  { space, entity, fields: keys }: SharedRead,
  fence: number,
  now: number,
): NearEntry | null {
  if (entry.id !== entity.id || entry.expiresAt <= now) return null
  if (space.isFenced && entry.version < fence) return null
  if (entry.isAbsent) return new NearEntry(entry.version, NO_FIELDS, entry.expiresAt)
  const fields = new Map<string, NearField>()
  for (const key of keys) {
    const text = entry.fields[key]
    if (text === undefined) return null
    fields.set(key, new NearField(text, now, entry.expiresAt))
  }
  return new NearEntry(entry.version, fields)
}
