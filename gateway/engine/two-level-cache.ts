import { LRUCache } from 'lru-cache'

export interface TwoLevelCacheOptions {
  maxEntries: number
  /** Of the weights of all entries. */
  maxWeight: number
}

export interface CacheCounts {
  hits: number
  misses: number
  entries: number
}

/**
 * Keeps what is used more than once apart from what was used once (segmented LRU): new entries go into a small part of
 * their own and move to the large one at their second use. A stream of keys that never come again pushes out one
 * another, and none that is in use.
 */
export class TwoLevelCache<V extends object> {
  readonly #onProbation: LRUCache<string, Weighed<V>>
  readonly #kept: LRUCache<string, Weighed<V>>
  #hits = 0
  #misses = 0

  constructor({ maxEntries, maxWeight }: TwoLevelCacheOptions) {
    const part = (share: number) =>
      new LRUCache<string, Weighed<V>>({
        max: Math.max(1, Math.floor(maxEntries * share)),
        maxSize: Math.max(1, Math.floor(maxWeight * share)),
        sizeCalculation: ({ weight }) => weight,
      })
    this.#onProbation = part(PROBATION_SHARE)
    this.#kept = part(1 - PROBATION_SHARE)
  }

  get counts(): CacheCounts {
    return { hits: this.#hits, misses: this.#misses, entries: this.#kept.size + this.#onProbation.size }
  }

  get(key: string): V | undefined {
    const kept = this.#kept.get(key)
    if (kept) {
      this.#hits++
      return kept.value
    }
    const found = this.#onProbation.get(key)
    if (!found) {
      this.#misses++
      return undefined
    }
    this.#hits++
    this.#onProbation.delete(key)
    this.#kept.set(key, found)
    return found.value
  }

  set(key: string, value: V, weight: number): void {
    this.#onProbation.set(key, { value, weight: Math.max(1, weight) })
  }

  delete(key: string): void {
    this.#onProbation.delete(key)
    this.#kept.delete(key)
  }
}

interface Weighed<V> {
  value: V
  weight: number
}

const PROBATION_SHARE = 0.25
