import type { CacheCounters } from '../cache-counters.ts'
import type { EntityAnswered, EntityWant } from '../entity-read.ts'
import type { NearCache, NearToken } from '../near/near-cache.ts'
import { NearEntry, NearField, NO_FIELDS } from '../near/near-entry.ts'
import type { Slot } from '../near/slot.ts'

export interface NearFillsOptions {
  near: NearCache
  counters: CacheCounters
  clock: () => number
  /** How long it is known that there is no such entity. */
  negativeMs: number
}

/** Keeps in the process what was read, where the rules allow it. */
export class NearFills {
  readonly #options: NearFillsOptions

  constructor(options: NearFillsOptions) {
    this.#options = options
  }

  /**
   * @param fill with the token of the miss
   * @returns what is kept now, or would be if there were room; null when it may not be
   */
  fill(...args: Parameters<NearCache['fill']>): Slot | null {
    const { near, counters } = this.#options
    const kept = near.fill(...args)
    const isRefused = typeof kept === 'string'
    counters.fills[isRefused ? kept : 'filled']++
    return isRefused ? null : kept
  }

  /**
   * What a subgraph said: what is kept of it, null when nothing is.
   *
   * @param fence that the level which processes share has told with the miss: an absence is as of then, since a token holds
   * only while nothing changes
   */
  keep(want: EntityWant, answer: EntityAnswered, token: NearToken, fence: number): NearEntry | null {
    if (answer.kind === 'failed') return null
    const now = this.#options.clock()
    if (answer.kind === 'absent') {
      return this.#keepAbsent(want, now, token, fence)
    }
    const fields = fieldsOf(want, answer, now)
    if (!fields) return null
    const entry = new NearEntry(answer.version, fields)
    const { space, class: of, alias } = want
    this.fill(space, answer.id, { class: of, entry, token, ...(answer.id === want.id ? {} : { alias }) })
    return entry
  }

  #keepAbsent(want: EntityWant, now: number, token: NearToken, fence: number): NearEntry | null {
    const { near, negativeMs } = this.#options
    const { space, id, class: of, alias, fields } = want
    const until = now + Math.min(negativeMs, ...fields.map(({ policy }) => policy.maxAgeMs))
    if (id === null) {
      near.setAbsent(alias, { until, token })
      return null
    }
    const version = Math.max(fence, near.fenceOf(space, id))
    const entry = new NearEntry(version, NO_FIELDS, until)
    // Told changed since the miss, it may have been created: the fence is then another than that of the miss.
    return this.fill(space, id, { class: of, entry, token }) && entry
  }
}

/** Null when some of it may not be kept at all. */
function fieldsOf(
  { fields }: EntityWant,
  { values, expiresAt }: EntityAnswered & { kind: 'found' },
  now: number,
): Map<string, NearField> | null {
  const kept = new Map<string, NearField>()
  for (const [index, { key, policy }] of fields.entries()) {
    const freshUntil = Math.min(now + policy.maxAgeMs, expiresAt ?? Infinity)
    if (freshUntil <= now) return null
    kept.set(key, new NearField(JSON.stringify(values[index] ?? null), now, freshUntil))
  }
  return kept
}
