import { partitionOf } from '../partition.ts'
import type { Appended, Change, ChangeFeed, FeedSubscription } from '../ports.ts'
import { entityOf } from '../owning-subgraph.ts'
import type { Subscribers } from '../subscribers.ts'
import type { RedisClient } from './client.ts'
import { explain } from './explain.ts'
import type { FeedReader } from './feed-reader.ts'
import { entityKey, FEED_CHANNEL } from './keys.ts'
import { look } from './look.ts'
import { createScript, type Script } from './script.ts'
import { APPEND } from './scripts/append.ts'
import { byPartition, runSections } from './sections.ts'

export interface RedisFeedOptions {
  client: RedisClient
  reader: FeedReader
  subscribers: Subscribers
  partitions: number
  /** Changes that a partition keeps: whoever is further behind is told of a gap. */
  window: number
  secondLookMs: () => number
  /** In place of the script: for tests that leave out one of its rules. */
  script?: Script
}

/** For so long what was appended already is known, and a fill that began before a change is refused. */
export const FENCE_TTL_MS = 60_000

const SCRIPT = createScript(APPEND)

export function createRedisFeed(options: RedisFeedOptions): ChangeFeed {
  const { client, reader, subscribers, partitions, window, script = SCRIPT } = options
  const head = [partitions, window, FENCE_TTL_MS, client.isCluster ? FEED_CHANNEL : '']
  let open = true

  async function append(changes: readonly Change[]): Promise<(Appended | null)[]> {
    if (!open) throw new Error('the change feed is closed')
    const partitionOfIndex = (i: number): number => {
      const change = changes[i]
      return change ? partitionOf(change.entity, change.id, partitions) : 0
    }
    const groups = byPartition([...changes.keys()], partitionOfIndex)
    const sections = [...groups].map(([partition, indexes]) => {
      const those = indexes.flatMap((i) => changes[i] ?? [])
      return {
        partition,
        keys: those.map((change) => entityKey(partition, entityOf(change))),
        args: [
          partition,
          reader.positionOf(partition)?.epoch ?? '0',
          those.length,
          ...those.flatMap((change) => [change.version, JSON.stringify(change)]),
        ],
      }
    })
    const calls = await runSections(client, script, head, sections)
    const epochs = new Map<number, string>()
    for (const call of calls) {
      if (call.status === 'rejected') continue
      call.value.sections.forEach(({ partition }, i) => {
        epochs.set(partition, (call.value.answer as string[])[i] ?? '0')
      })
    }
    const failed = calls.find((call) => call.status === 'rejected')
    if (failed && epochs.size === 0) throw explain(failed.reason, partitions)
    return changes.map((_, i) => {
      const partition = partitionOfIndex(i)
      const epoch = epochs.get(partition)
      return epoch === undefined ? null : { partition, epoch }
    })
  }

  return {
    partitions,
    partitionOf: (type, id) => partitionOf(type, id, partitions),
    append,

    get secondLookMs() {
      return options.secondLookMs()
    },

    async stillHeld(appended) {
      const which = [...new Set(appended.map(({ partition }) => partition))]
      const ends = await look(client, partitions, which, []).catch((error: unknown) => {
        throw explain(error, partitions)
      })
      const epochs = new Map(ends.map(({ partition, position }) => [partition, position.epoch]))
      return appended.map(({ partition, epoch }) => epochs.get(partition) === epoch)
    },

    subscribe(subscription: FeedSubscription & { liveness?: boolean }) {
      const { entity, id } = subscription
      const only = entity === undefined || id === undefined ? null : partitionOf(entity, id, partitions)
      const subscriber = subscribers.add({ ...subscription, partition: only })
      if (!open) subscriber.end()
      reader.start()
      for (let partition = 0; partition < partitions; partition++) {
        const position = reader.positionOf(partition)
        if (position === null || (only !== null && only !== partition)) continue
        subscriber.pushLiveness({ kind: 'attached', partition, position })
      }
      if (reader.state === 'lost') subscriber.pushLiveness({ kind: 'lost' })
      // A subscriber that did not ask for liveness is never given any: the port's two signatures say so.
      return subscriber as AsyncIterableIterator<never>
    },

    async [Symbol.asyncDispose]() {
      open = false
      subscribers.end()
      await reader[Symbol.asyncDispose]()
    },
  }
}
