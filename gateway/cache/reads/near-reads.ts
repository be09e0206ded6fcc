import type { CacheCounters } from '../cache-counters.ts'
import { ABSENT, type AskEntities, type EntityRead, type EntityWant } from '../entity-read.ts'
import type { NearCache } from '../near/near-cache.ts'
import type { Freshness } from './freshness.ts'
import type { HitSamples } from './hit-samples.ts'
import type { MissingReads } from './missing-reads.ts'

export interface NearReadsOptions {
  near: NearCache
  counters: CacheCounters
  freshness: Freshness
  samples: HitSamples
  missing: MissingReads
}

/** Reads what this process keeps; what is past its time, but may be answered while it is read anew, is read anew behind. */
export class NearReads {
  readonly #options: NearReadsOptions

  constructor(options: NearReadsOptions) {
    this.#options = options
  }

  /** Null when it has to be read. */
  read<Want extends EntityWant>(want: Want, now: number, ask: AskEntities<Want>): EntityRead | null {
    const { near, counters, samples, missing } = this.#options
    const slot = near.resolve(want)
    const entry = slot?.entries.get(want.class)
    if (!slot || !entry) {
      return want.id === null && this.#isKnownAbsent(want, now) ? this.#absent() : null
    }
    if (entry.absentUntil > 0) return entry.absentUntil > now ? this.#absent() : null
    let isStale = false
    const values: unknown[] = []
    for (const { key, policy } of want.fields) {
      const field = entry.fields.get(key)
      if (!field) return null
      if (!this.#options.freshness.isFresh(field, want.space, now)) {
        if (this.#options.freshness.isFeedLost || field.freshUntil + policy.revalidateMs <= now) return null
        isStale = true
      }
      values.push(JSON.parse(field.text))
    }
    counters.hits.near++
    if (isStale) {
      counters.stale.revalidating++
      missing.refresh(want, ask)
    } else if (want.space.isFenced && samples.isNext()) {
      void samples.compare(want, entry, ask)
    }
    return { kind: 'found', id: slot.id, version: entry.version, values, isStale }
  }

  #isKnownAbsent(want: EntityWant, now: number): boolean {
    if (want.space.isFenced && this.#options.freshness.isFeedLost) return false
    return this.#options.near.isKnownAbsent(want, now)
  }

  #absent(): EntityRead {
    this.#options.counters.hits.near++
    return ABSENT
  }
}
