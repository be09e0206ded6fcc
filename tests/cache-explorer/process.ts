import { EntityCache } from '../../gateway/cache/entity-cache.ts'
import { followFeed } from '../../gateway/cache/feed/follow-feed.ts'
import { silentLog } from '../../platform/log.ts'
import type { ChangeFeed, EntityCacheStore, LiveFeedMessage, Position } from '../../stream/ports.ts'
import type { Step } from './step.ts'
import { Told, type FeedLog } from './told.ts'

export interface BrokenProcess {
  keepsBeforePosition?: boolean
  dropsBeforeEnd?: boolean
}

interface ProcessOptions {
  feed: ChangeFeed & { epoch(): string }
  log: FeedLog
  store: EntityCacheStore
  ids: readonly string[]
  step: Step
  clock: () => number
  broken: BrokenProcess
}

/** A gateway: its cache, and what it has been told. */
export class GatewayProcess {
  readonly cache: EntityCache
  readonly told = new Told()
  /** How many of the next changes have gone from the feed before this process comes to them. */
  misses = 0
  readonly #options: ProcessOptions
  #following: AsyncDisposable | null = null

  constructor(options: ProcessOptions) {
    const { feed, store, clock, broken } = options
    this.#options = options
    this.cache = new EntityCache({ maxBytes: 100_000, feed, store: this.#scheduled(store), clock })
    if (broken.keepsBeforePosition) this.cache.hold('all')
  }

  async follow(): Promise<void> {
    const { feed, step, broken } = this.#options
    await step('follows the feed')
    const { cache } = this
    // Left out: what was kept before the position was known is dropped when it is.
    let isAttached = broken.keepsBeforePosition !== true
    const follower = {
      change: (type: string, id: string, version: number) => cache.change(type, id, version),
      hold: (partition: number | 'all') => {
        if (isAttached) cache.hold(partition)
        isAttached = true
      },
      lost: () => cache.lost(),
      back: () => cache.back(),
    }
    const heard = { ...feed, subscribe: () => this.#messages() } as ChangeFeed
    this.#following = followFeed(heard, follower, { log: silentLog(), maxQueued: MAX_QUEUED })
  }

  async end(): Promise<void> {
    await this.#following?.[Symbol.asyncDispose]()
  }

  #messages(): AsyncIterableIterator<LiveFeedMessage> {
    const { feed, step, broken } = this.#options
    const messages = feed.subscribe({ maxQueued: MAX_QUEUED, liveness: true })
    const attachedAt = { epoch: feed.epoch(), n: Infinity }
    const skippedTo = new Map<number, Position>()
    let dropped: number | 'all' | null = null
    return {
      next: async () => {
        for (;;) {
          if (dropped !== null) {
            await step('takes the end')
            this.#skipToEnd(dropped, skippedTo)
            dropped = null
          }
          const message = await messages.next()
          if (message.done) return message
          const value = this.#missed(message.value, skippedTo)
          if (value === null) continue
          await step(`hears ${JSON.stringify(value)}`)
          this.#take(value, attachedAt)
          if (value.kind === 'gap' && broken.dropsBeforeEnd) dropped = value.partition
          return { done: false, value }
        }
      },
      return: async () => (await messages.return?.()) ?? { done: true, value: undefined },
      [Symbol.asyncIterator]() {
        return this
      },
    }
  }

  /** Left out: the end is taken first, and dropped is what is from before it. */
  #skipToEnd(which: number | 'all', skippedTo: Map<number, Position>): void {
    const { feed, log } = this.#options
    for (let partition = 0; partition < feed.partitions; partition++) {
      if (which !== 'all' && which !== partition) continue
      const end = log.end(partition, { epoch: feed.epoch(), n: 0 })
      skippedTo.set(partition, end)
      this.told.gap([], log.before(partition, end))
    }
  }

  /** What is missed is a gap, up to the end as it is then: nothing from before that is told any more. */
  #missed(message: LiveFeedMessage, skippedTo: Map<number, Position>): LiveFeedMessage | null {
    if (message.kind !== 'change') return message
    const { partition, position } = message
    const skipped = skippedTo.get(partition)
    if (skipped?.epoch === position.epoch && position.n <= skipped.n) return null
    if (this.misses === 0) return message
    this.misses--
    const end = this.#options.log.end(partition, position)
    skippedTo.set(partition, end)
    return { kind: 'gap', partition, position: end }
  }

  #take(message: LiveFeedMessage, attachedAt: { epoch: string; n: number }): void {
    const { feed, log, ids } = this.#options
    if (message.kind === 'change') return this.told.change(message.change.id, message.change.version)
    if (message.kind !== 'gap' && message.kind !== 'attached') return
    for (let partition = 0; partition < feed.partitions; partition++) {
      if (message.partition !== 'all' && message.partition !== partition) continue
      const those = ids.filter((id) => feed.partitionOf('Profile', id) === partition)
      // Where a subscriber was too slow, it is the next change that tells where it is.
      const end = message.position ?? (message.kind === 'attached' ? attachedAt : null)
      this.told.gap(those, end ? log.before(partition, end) : new Map())
    }
  }

  #scheduled(store: EntityCacheStore): EntityCacheStore {
    const { step } = this.#options
    return {
      read: async (reads) => {
        await step('the shared level is asked')
        const results = await store.read(reads)
        await step('the shared level answers')
        return results
      },
      fill: async (fills) => {
        await step('the shared level is filled')
        return store.fill(fills)
      },
    }
  }
}

const MAX_QUEUED = 4
