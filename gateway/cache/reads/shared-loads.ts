import type { CacheCounters } from '../cache-counters.ts'
import type { NearCache } from '../near/near-cache.ts'
import type { Slot } from '../near/slot.ts'
import type { NearFills } from './near-fills.ts'
import { nearEntryOf, type SharedLevel, type SharedRead } from './shared-level.ts'

export interface SharedLoadsOptions {
  near: NearCache
  fills: NearFills
  shared: SharedLevel
  counters: CacheCounters
  clock: () => number
}

/** With the name of the entity in the near cache. */
export interface NamedRead extends SharedRead {
  name: string
}

/** Takes what processes share into this one. */
export class SharedLoads {
  readonly #options: SharedLoadsOptions

  constructor(options: SharedLoadsOptions) {
    this.#options = options
  }

  /**
   * In one round trip. Each in its order, kept or where there was no room to keep it; null as soon as one of them is not
   * shared or may not be served.
   */
  async load(reads: readonly NamedRead[]): Promise<readonly Slot[] | null> {
    const { near, fills, shared, counters, clock } = this.#options
    const token = near.token()
    const results = await shared.read(reads)
    const now = clock()
    const slots: Slot[] = []
    for (let index = 0; index < reads.length; index++) {
      const read = reads[index] as NamedRead
      const { space, entity, name } = read
      const held = results[index]?.entry
      // That it is not older than the fence is seen to where it is put.
      const entry = held && nearEntryOf(held, read, 0, now)
      const slot = entry && fills.fill(space, entity.id, { class: read.class, entry, token }, name)
      if (slot) slots.push(slot)
    }
    counters.hits.store += slots.length
    return slots.length === reads.length ? slots : null
  }
}
