import type { CacheCounters } from '../cache-counters.ts'
import type { EntityRead, EntityWant } from '../entity-read.ts'
import type { NearCache } from '../near/near-cache.ts'

export interface StaleReadsOptions {
  near: NearCache
  counters: CacheCounters
  clock: () => number
  /** How long an entity that may be answered stale is waited for first. */
  afterMs: number
}

/** What is kept may stand in when an entity cannot be read, or not soon: always marked as stale. */
export class StaleReads {
  readonly #options: StaleReadsOptions

  constructor(options: StaleReadsOptions) {
    this.#options = options
  }

  async orStale(want: EntityWant, reading: Promise<EntityRead>, deadlineAt: number): Promise<EntityRead> {
    const { afterMs, counters } = this.#options
    if (!this.#find(want)) return reading
    const waitMs = Math.max(1, Math.min(afterMs, deadlineAt - performance.now() - 2))
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<null>((resolve) => (timer = setTimeout(resolve, waitMs, null)))
    const read = await Promise.race([reading, late]).catch(() => null)
    clearTimeout(timer)
    if (read && read.kind !== 'failed') return read
    // It may have been erased in the meantime.
    const held = this.#find(want)
    if (!held) return reading
    reading.catch(() => undefined)
    counters.stale.error++
    return held
  }

  #find(want: EntityWant): EntityRead | null {
    const { near, clock } = this.#options
    const slot = near.resolve(want)
    const entry = slot?.entries.get(want.class) ?? slot?.aside.get(want.class)
    if (!slot || !entry || entry.absentUntil > 0) return null
    const now = clock()
    const values: unknown[] = []
    for (const { key, policy } of want.fields) {
      const field = entry.fields.get(key)
      if (!field || policy.ifErrorMs === 0 || field.freshUntil + policy.ifErrorMs <= now) return null
      values.push(JSON.parse(field.text))
    }
    return { kind: 'found', id: slot.id, version: entry.version, values, isStale: true }
  }
}
