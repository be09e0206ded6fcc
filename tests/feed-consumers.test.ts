import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { homeProfile } from '../core/identity/identity-key.ts'
import { createEventPath, type EventPath } from '../ingest/create-event-path.ts'
import { systemClock } from '../platform/clock.ts'
import { silentLog } from '../platform/log.ts'
import type { Storage } from '../storage/ports.ts'
import { openRedisStream } from '../stream/redis/open.ts'
import type { Stream } from '../stream/ports.ts'
import { createProfileFollower } from '../subgraphs/profiles/follow-profile.ts'
import { createRecommendationIndex } from '../subgraphs/recommendations/index-feed.ts'
import { eventually } from './support/eventually.ts'
import { openMemoryStorage } from './support/memory-storage.ts'
import { describeWithServer } from './support/servers/describe-with-server.ts'
import { REDIS_SERVER, startRedis } from './support/servers/redis-server.ts'

const ADA = homeProfile('userId:ada')
let serial = 0

describeWithServer(REDIS_SERVER, 'consumers in another process than the worker', () => {
  test('follow a profile, and know the orders, through the loss of all that Redis holds', async () => {
    await using redis = await startRedis()
    const storage = openMemoryStorage()
    await using working = await open(redis.url)
    await using serving = await open(redis.url)
    await using path = startPath(storage, working)
    await using index = createRecommendationIndex({
      storage,
      feed: serving.feed,
      log: silentLog(),
      catchUpIntervalMs: 10,
    })
    const ending = new AbortController()
    const follow = createProfileFollower({ ...storage, feed: serving.feed })
    const messages = follow({ kind: 'id', id: ADA }, { policy: 'ALL', signal: ending.signal })
    const versions: [from: number, version: number][] = []
    const following = (async () => {
      for await (const { profileChanged } of messages) {
        versions.push([profileChanged.from, profileChanged.version])
      }
    })()

    const direct = new Redis(redis.url)
    for (let round = 0; round < 6; round++) {
      await path.accept([anOrder(), { ...anOrder(), type: 'identify', traits: { round } }], {
        source: 'test',
        maxEventBytes: 32_768,
      })
      if (round % 2 === 1) await direct.flushall()
      await path.worker.settled()
    }
    direct.disconnect()

    await eventually(async () => {
      const stored = (await storage.profiles.get([ADA])).get(ADA)?.version
      expect(versions.at(-1)?.[1]).toBe(stored)
      expect(index.baskets.size).toBe(6)
    }, 5_000)
    // Each goes on where the one before ended: nothing is left out, nothing is told twice.
    for (const [i, [from]] of versions.entries()) {
      if (i > 1) expect(from).toBe((versions[i - 1]?.[1] ?? 0) + 1)
    }
    ending.abort()
    await following
  })
})

function open(url: string): Promise<Stream> {
  return openRedisStream({ url, partitions: 8, clock: systemClock, log: silentLog() })
}

function startPath(storage: Storage, { feed }: Stream): EventPath {
  return createEventPath({ storage, feed, clock: systemClock, log: silentLog(), currency: 'USD', pollMs: 5 })
}

function anOrder(): Record<string, unknown> {
  const messageId = `order-${serial++}`
  const products = [{ product_id: 'a' }, { product_id: 'b' }]
  return {
    type: 'track',
    event: 'Order Completed',
    userId: 'ada',
    messageId,
    properties: { order_id: messageId, total: 10, products },
  }
}
