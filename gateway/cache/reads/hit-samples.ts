import type { CacheCounters } from '../cache-counters.ts'
import type { AskEntities, EntityWant } from '../entity-read.ts'
import type { NearCache } from '../near/near-cache.ts'
import type { NearEntry } from '../near/near-entry.ts'

export interface HitSamplesOptions {
  near: NearCache
  counters: CacheCounters
  clock: () => number
  /** One fresh answer in so many is compared with the subgraph; 0: none. */
  oneIn: number
}

/** Compares some of what is answered with what the store has. What differs is told by a counter alone. */
export class HitSamples {
  readonly #options: HitSamplesOptions
  #untilNext: number

  constructor(options: HitSamplesOptions) {
    this.#options = options
    this.#untilNext = options.oneIn
  }

  /** Counts hits that are written together; false when one of them is to be compared: it is to be read by itself. */
  pass(hits: number): boolean {
    if (this.#options.oneIn > 0 && this.#untilNext <= hits) {
      this.#untilNext = 1
      return false
    }
    this.#untilNext -= hits
    return true
  }

  /** Whether this hit is one that is to be compared. */
  isNext(): boolean {
    const { oneIn } = this.#options
    if (oneIn === 0 || --this.#untilNext > 0) return false
    this.#untilNext = oneIn
    return true
  }

  async compare<Want extends EntityWant>(
    want: Want,
    { version, fields }: NearEntry,
    ask: AskEntities<Want>,
  ): Promise<void> {
    const { counters, clock } = this.#options
    counters.samples++
    const [answer] = await ask([want], { isBehind: true }).catch(() => [])
    if (answer?.kind !== 'found') return
    if (answer.version > version) {
      // The feed may be about to tell it. Whatever is kept after it should have is wrong.
      setTimeout(() => this.#compareLater(want, answer.id, answer.version), GRACE_MS).unref()
      return
    }
    const isSame = want.fields.every(
      ({ key }, index) => fields.get(key)?.text === JSON.stringify(answer.values[index] ?? null),
    )
    const isComparable = answer.version === version && (answer.expiresAt ?? Infinity) > clock()
    if (isComparable && !isSame) counters.inconsistencies++
  }

  #compareLater({ space, class: of }: EntityWant, id: string, version: number): void {
    const { near, counters } = this.#options
    const entry = near.find(space, id)?.entries.get(of)
    if (entry && entry.version < version) counters.inconsistencies++
  }
}

const GRACE_MS = 2_000
