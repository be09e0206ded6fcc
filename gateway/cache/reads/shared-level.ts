import type { CachedEntry, CacheReadResult, EntityCacheStore } from '../../../stream/ports.ts'
import type { CacheCounters } from '../cache-counters.ts'
import type { EntityWant } from '../entity-read.ts'
import { NearEntry, NearField } from '../near/near-entry.ts'

/** The level that processes share, in the terms of those who want entities. It never rejects, and has a bound of time. */
export class SharedLevel {
  readonly #store: EntityCacheStore
  readonly #counters: CacheCounters
  readonly #timeoutMs: number

  constructor(store: EntityCacheStore, counters: CacheCounters, timeoutMs: number) {
    this.#store = store
    this.#counters = counters
    this.#timeoutMs = timeoutMs
  }

  read(wants: readonly { want: EntityWant; id: string }[]): Promise<CacheReadResult[]> {
    return this.#store.read(
      wants.map(({ want: { space, class: of, fields }, id }) => ({
        entity: { subgraph: space.subgraph, type: space.typeName, id },
        class: of,
        fields: fields.map(({ key }) => key),
      })),
      { timeoutMs: this.#timeoutMs },
    )
  }

  async fill(
    { space, class: of }: EntityWant,
    id: string,
    { version, fields }: NearEntry,
    token: string,
  ): Promise<void> {
    const held = [...fields]
    const entry = {
      id,
      version,
      fields: Object.fromEntries(held.map(([key, { text }]) => [key, text])),
      storedAt: Math.min(...held.map(([, { storedAt }]) => storedAt)),
      expiresAt: Math.min(...held.map(([, { freshUntil }]) => freshUntil)),
    }
    const entity = { subgraph: space.subgraph, type: space.typeName, id }
    const [isFilled = false] = await this.#store.fill([{ entity, class: of, token, entry }])
    if (isFilled) this.#counters.storeFills.filled++
    else this.#counters.storeFills.refused++
  }
}

/**
 * What is shared of an entity, as this process keeps it; null for what may not be served: of another entity, not fresh,
 * not whole, or older than `fence`.
 */
export function nearEntryOf(
  entry: CachedEntry,
  { want, id, fence }: { want: EntityWant; id: string; fence: number },
  now: number,
): NearEntry | null {
  if (entry.id !== id || entry.expiresAt <= now) return null
  if (want.space.isFenced && entry.version < fence) return null
  const fields = new Map<string, NearField>()
  for (const { key } of want.fields) {
    const text = entry.fields[key]
    if (text === undefined) return null
    fields.set(key, new NearField(text, now, entry.expiresAt))
  }
  return new NearEntry(entry.version, fields)
}
