import type { CacheCounters } from '../cache-counters.ts'
import type { EntityAnswered, EntityWant } from '../entity-read.ts'
import type { NearCache, NearToken } from '../near/near-cache.ts'
import { NearEntry, NearField } from '../near/near-entry.ts'

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

  /** @param token of the miss */
  fill(want: EntityWant, id: string, entry: NearEntry, token: NearToken): void {
    const { near, counters } = this.#options
    const { space, class: of, alias } = want
    const outcome = near.fill(space, id, { class: of, entry, token, ...(id === want.id ? {} : { alias }) })
    counters.fills[outcome]++
  }

  /** What a subgraph said: what is kept of it, null when nothing is. */
  keep(want: EntityWant, answer: EntityAnswered, token: NearToken): NearEntry | null {
    if (answer.kind === 'failed') return null
    const now = this.#options.clock()
    if (answer.kind === 'absent') {
      this.#keepAbsent(want, now, token)
      return null
    }
    const fields = fieldsOf(want, answer, now)
    if (!fields) return null
    const entry = new NearEntry(answer.version, fields)
    this.fill(want, answer.id, entry, token)
    return entry
  }

  #keepAbsent(want: EntityWant, now: number, token: NearToken): void {
    const { near, negativeMs } = this.#options
    const { id, alias, fields } = want
    const until = now + Math.min(negativeMs, ...fields.map(({ policy }) => policy.maxAgeMs))
    if (id === null) near.setAbsent(alias, { until, token })
    else this.fill(want, id, new NearEntry(0, NO_FIELDS, until), token)
  }
}

const NO_FIELDS: ReadonlyMap<string, NearField> = new Map()

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
