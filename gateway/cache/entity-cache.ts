import type { ChangeFeed, EntityCacheStore } from '../../stream/ports.ts'
import { CacheCounters } from './cache-counters.ts'
import type { AskEntities, EntityRead, EntityWant } from './entity-read.ts'
import { FeedPosition } from './feed/feed-position.ts'
import type { FeedFollower } from './feed/follow-feed.ts'
import type { KeptAnswer } from './hit/made.ts'
import type { EntitySpace } from './near/entity-space.ts'
import { NearCache } from './near/near-cache.ts'
import { Freshness } from './reads/freshness.ts'
import { HitSamples } from './reads/hit-samples.ts'
import { MissingReads } from './reads/missing-reads.ts'
import { NearFills } from './reads/near-fills.ts'
import { NearReads } from './reads/near-reads.ts'
import { SharedLevel } from './reads/shared-level.ts'
import { SharedLoads } from './reads/shared-loads.ts'
import { SharedLookUps } from './reads/shared-look-ups.ts'
import { SharedReads } from './reads/shared-reads.ts'
import { StaleReads } from './reads/stale-reads.ts'

export interface EntityCacheOptions {
  /** Of the near cache. */
  maxBytes: number
  /** Without a feed, fenced types are kept for their time to live as all others are. */
  feed: ChangeFeed | null
  /** The level that processes share, with its own bound of time. */
  store: EntityCacheStore | null
  /** Epoch milliseconds. */
  clock: () => number
  /** How long it is known that there is no such entity. */
  negativeMs?: number
  /** How long an entity that may be answered stale is waited for first. */
  staleAfterMs?: number
  /** How long anything is fresh while the feed cannot be read. */
  lostFreshMs?: number
  /**
   * How long one answer of what processes share is waited for. An entity whose id is not known may take two in a row,
   * where its look-up leads and then the entity, before the subgraph is asked.
   */
  storeTimeoutMs?: number
  /** One fresh answer in so many is compared with the subgraph; 0: none. */
  sampleOneIn?: number
}

/**
 * Reads entities through a cache: what this process keeps, then what processes share, then the subgraph; one read for all
 * who want the same at the same time. Nothing older than the fence of its entity is served as fresh, whatever it comes
 * from, and nothing is kept that may have changed since it was asked for.
 */
export class EntityCache implements FeedFollower {
  readonly counters = new CacheCounters()
  readonly near: NearCache
  /** Null where nothing is shared. */
  readonly loads: SharedLoads | null
  readonly #position: FeedPosition
  readonly #hasFeed: boolean
  readonly #clock: () => number
  readonly #freshness: Freshness
  readonly #samples: HitSamples
  readonly #stale: StaleReads
  readonly #missing: MissingReads
  readonly #held: NearReads
  readonly #spaces = new Map<string, EntitySpace>()

  constructor(options: EntityCacheOptions) {
    const { feed, maxBytes, store, clock, storeTimeoutMs = 20 } = options
    const { negativeMs = 2_000, staleAfterMs = 50, lostFreshMs = 100, sampleOneIn = 0 } = options
    this.#hasFeed = feed !== null
    this.#clock = clock
    this.#position = new FeedPosition({
      partitions: feed?.partitions ?? 1,
      partitionOf: (typeName, id) => feed?.partitionOf(typeName, id) ?? 0,
    })
    this.near = new NearCache({ maxBytes, position: this.#position })
    const parts = { near: this.near, counters: this.counters, clock }
    const fills = new NearFills({ ...parts, negativeMs })
    const level = store && { ...parts, store, timeoutMs: storeTimeoutMs }
    const shared = level && new SharedLevel(level)
    const reads =
      level && shared && new SharedReads({ ...parts, fills, shared, lookUps: new SharedLookUps(level) })
    this.#freshness = new Freshness(lostFreshMs)
    this.#samples = new HitSamples({ ...parts, oneIn: sampleOneIn })
    this.#stale = new StaleReads({ ...parts, afterMs: staleAfterMs })
    this.#missing = new MissingReads({
      ...parts,
      fills,
      shared: reads,
    })
    this.loads = shared && new SharedLoads({ ...parts, fills, shared })
    this.#held = new NearReads({
      ...parts,
      freshness: this.#freshness,
      samples: this.#samples,
      missing: this.#missing,
    })
  }

  /** The same object for the same type of the same subgraph. */
  space(subgraph: string, typeName: string, hasVersion: boolean): EntitySpace {
    const prefix = `${subgraph}\n${typeName}\n`
    const known = this.#spaces.get(prefix)
    if (known) return known
    const space = { subgraph, typeName, prefix, isFenced: hasVersion && this.#hasFeed }
    this.#spaces.set(prefix, space)
    return space
  }

  /** In the order of the wants. Rejects when the subgraph cannot be asked and nothing may stand in. */
  read<Want extends EntityWant>(
    wants: readonly Want[],
    ask: AskEntities<Want>,
    deadlineAt = Infinity,
  ): Promise<EntityRead[]> | EntityRead[] {
    const now = this.#clock()
    const reads: EntityRead[] = []
    const missing: number[] = []
    for (const [index, want] of wants.entries()) {
      const found = this.#held.read(want, now, ask)
      if (found) reads[index] = found
      else missing.push(index)
    }
    if (missing.length === 0) return reads
    return this.#readMissing(wants, missing, reads, ask, deadlineAt)
  }

  change(typeName: string, id: string, version: number, { isGone = false } = {}): void {
    this.#position.change(typeName, id, version)
    for (const space of this.#spaces.values()) {
      if (space.typeName !== typeName) continue
      if (space.isFenced) {
        this.#missing.detach(space, id)
        this.near.invalidate(space, id, version)
      }
      if (isGone) this.near.forget(space, id)
    }
  }

  hold(partition: number | 'all'): void {
    this.#position.hold(partition)
    this.#missing.detachAll()
  }

  lost(): void {
    this.#freshness.isFeedLost = true
  }

  back(): void {
    this.#freshness.isFeedLost = false
  }

  /** Whether a field may be answered as it is. */
  isFresh(field: { freshUntil: number; storedAt: number }, space: EntitySpace, now: number): boolean {
    return this.#freshness.isFresh(field, space, now)
  }

  /** Whether all that an answer was made of is as it was, and may be answered. */
  isHeld(answer: KeptAnswer, now: number): boolean {
    return this.#freshness.isHeld(answer, this.near, now)
  }

  get now(): number {
    return this.#clock()
  }

  /** Counts hits that another has found; false when one of them is to be compared, which its finder leaves to `read`. */
  takeHits(hits: number): boolean {
    if (!this.#samples.pass(hits)) return false
    this.counters.hits.near += hits
    return true
  }

  async #readMissing<Want extends EntityWant>(
    wants: readonly Want[],
    missing: readonly number[],
    reads: EntityRead[],
    ask: AskEntities<Want>,
    deadlineAt: number,
  ): Promise<EntityRead[]> {
    const those = missing.map((index) => wants[index] as Want)
    const reading = this.#missing.read(those, ask)
    await Promise.all(
      missing.map(async (index, at) => {
        const read = reading[at] as Promise<EntityRead>
        reads[index] = await this.#stale.orStale(wants[index] as Want, read, deadlineAt)
      }),
    )
    return reads
  }
}
