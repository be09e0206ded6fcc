import { DEFAULT_PARTITIONS, partitionOf } from '../partition.ts'
import type { Change, ChangeFeed, FeedSubscription, LiveFeedMessage, Position } from '../ports.ts'
import { Subscribers } from '../subscribers.ts'

export interface MemoryFeedOptions {
  partitions?: number
  /** Larger than that of every feed that a consumer may have followed before. */
  epoch?: string
  /** Raises the fence of what has changed; false when it is there already, and then it is not told again. */
  raiseFence?: (change: Change) => boolean
}

/** A feed whose server can be lost, as far as its consumers can tell. */
export interface MemoryFeed extends ChangeFeed {
  epoch(): string
  /** Everything that it held is gone: a new epoch, and a gap of each partition. */
  reset(): void
  /** Consumers hear nothing, and appending fails, until `mend`: which tells what came before as a gap. */
  cut(): void
  mend(): void
}

/** The change feed of one process: what is appended reaches every subscriber that is attached at that moment. */
export function createMemoryFeed(options: MemoryFeedOptions = {}): MemoryFeed {
  const { partitions = DEFAULT_PARTITIONS, raiseFence } = options
  const subscribers = new Subscribers()
  const ends: number[] = Array.from({ length: partitions }, () => 0)
  let epoch = options.epoch ?? '1'
  let state: 'open' | 'cut' | 'closed' = 'open'

  const positionOf = (partition: number): Position => ({ epoch, n: ends[partition] ?? 0 })
  const gapOfAll = (): void =>
    ends.forEach((_, partition) => subscribers.gap(partition, positionOf(partition)))

  /** @throws Error when the feed is closed or cut */
  const requireOpen = (): void => {
    if (state === 'closed') throw new Error('the change feed is closed')
    if (state === 'cut') throw new Error('the change feed cannot be reached')
  }

  return {
    partitions,
    secondLookMs: 0,
    partitionOf: (type, id) => partitionOf(type, id, partitions),
    epoch: () => epoch,

    async append(changes) {
      requireOpen()
      return changes.map((change) => {
        const partition = partitionOf(change.entity, change.id, partitions)
        if (raiseFence?.(change) ?? true) {
          const n = (ends[partition] ?? 0) + 1
          ends[partition] = n
          subscribers.change(change, partition, { epoch, n })
        }
        return { partition, epoch }
      })
    },

    async stillHeld(appended) {
      requireOpen()
      return appended.map((one) => one.epoch === epoch)
    },

    subscribe(subscription: FeedSubscription & { liveness?: boolean }) {
      const { entity, id } = subscription
      const partition = entity === undefined || id === undefined ? null : partitionOf(entity, id, partitions)
      const subscriber = subscribers.add({ ...subscription, partition })
      if (state === 'closed') subscriber.end()
      if (state === 'cut') subscriber.pushLiveness({ kind: 'lost' })
      const attached: LiveFeedMessage =
        partition === null
          ? { kind: 'attached', partition: 'all', position: null }
          : { kind: 'attached', partition, position: positionOf(partition) }
      subscriber.pushLiveness(attached)
      // A subscriber that did not ask for liveness is never given any: the port's two signatures say so.
      return subscriber as AsyncIterableIterator<never>
    },

    reset() {
      epoch = String(BigInt(epoch) + 1n)
      ends.fill(0)
      if (state === 'open') gapOfAll()
    },

    cut() {
      if (state !== 'open') return
      state = 'cut'
      subscribers.liveness('lost')
    },

    mend() {
      if (state !== 'cut') return
      state = 'open'
      gapOfAll()
      subscribers.liveness('back')
    },

    [Symbol.asyncDispose]() {
      state = 'closed'
      subscribers.end()
      return Promise.resolve()
    },
  }
}
