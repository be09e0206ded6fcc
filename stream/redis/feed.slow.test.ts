import { Redis } from 'ioredis'
import { expect, test } from 'vitest'
import { systemClock } from '../../platform/clock.ts'
import { silentLog } from '../../platform/log.ts'
import { describeWithServer } from '../../tests/support/servers/describe-with-server.ts'
import { REDIS_SERVER, startRedis, type RunningRedis } from '../../tests/support/servers/redis-server.ts'
import { aChange, attach, subscribe, take } from '../contract/feed.ts'
import type { LiveFeedMessage, Stream } from '../ports.ts'
import { metaKey, streamKey } from './keys.ts'
import { openRedisStream } from './open.ts'

const PARTITIONS = 4

function open(
  { url }: Pick<RunningRedis, 'url'>,
  options: { window?: number; partitions?: number } = {},
): Promise<Stream> {
  return openRedisStream({ url, partitions: PARTITIONS, clock: systemClock, log: silentLog(), ...options })
}

describeWithServer(REDIS_SERVER, 'the feed in Redis', () => {
  test('another server goes on in another epoch, also when it has all that the one before had', async () => {
    await using redis = await startRedis({ persistence: 'aof', settings: ['--appendfsync', 'always'] })
    await using stream = await open(redis)
    const [before] = await stream.feed.append([aChange('p', 1)])
    if (!before) throw new Error('nothing was appended')
    expect(await stream.feed.stillHeld([before])).toEqual([true])
    await redis.restart()
    await using other = await open(redis)
    expect(await other.feed.stillHeld([before])).toEqual([false])
    const [after] = await other.feed.append([aChange('p', 1)])
    expect(Number(after?.epoch)).toBeGreaterThan(Number(before.epoch))
  })

  test('an epoch that is not later than the one before, a hole, and an end before the position are gaps', async () => {
    await using redis = await startRedis()
    await using direct = connect(redis)
    await using stream = await open(redis)
    const { feed } = stream
    await using _attached = await attach(feed)
    const messages = subscribe(feed, { entity: 'Profile', id: 'p' })
    const partition = feed.partitionOf('Profile', 'p')
    const [meta, key] = [metaKey(partition), streamKey(partition)]
    const [appended] = await feed.append([aChange('p', 1)])
    const epoch = appended?.epoch ?? ''
    expect(await take(messages, 1)).toEqual(['p1'])

    const put = async (
      id: string,
      fields: [string, string],
      epochAndN: { epoch: string; n: number },
    ): Promise<void> => {
      await direct
        .multi()
        .del(key)
        .xadd(key, id, ...fields)
        .hset(meta, epochAndN)
        .exec()
    }
    await put(`${epoch}-5`, ['c', JSON.stringify(aChange('p', 5))], { epoch, n: 5 })
    expect(await take(messages, 1)).toEqual(['gap'])
    await put(`${epoch}-3`, ['c', JSON.stringify(aChange('p', 5))], { epoch, n: 3 })
    expect(await take(messages, 1)).toEqual(['gap'])
    await put('7-0', ['epoch', ''], { epoch: '7', n: 0 })
    expect(await take(messages, 1)).toEqual(['gap'])
    await feed.append([aChange('p', 6)])
    expect(await take(messages, 1)).toEqual(['p6'])
  })

  test('who is further behind than the window is told of a gap', async () => {
    await using redis = await startRedis()
    await using writing = await open(redis, { window: 100 })
    await using reading = await open(redis)
    await using _attached = await attach(reading.feed)
    const messages = subscribe(reading.feed, { entity: 'Profile', id: 'p' })
    // In one step, so that nobody reads in between; Redis trims whole nodes of a hundred entries.
    await writing.feed.append(Array.from({ length: 500 }, (_, i) => aChange('p', i + 1)))
    const [first, next] = await take(messages, 2)
    expect(first).toBe('gap')
    expect(Number(next?.slice(1))).toBeGreaterThan(300)
  })

  test('a process that believes in another number of partitions does not start, and is told what to do', async () => {
    await using redis = await startRedis()
    await using stream = await open(redis)
    await stream.feed.append([aChange('p', 1)])
    await expect(open(redis, { partitions: 8 })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(
        /has 4 partitions, this process believes in 8.*MONOGRAM_FEED_PARTITIONS/,
      ),
    })
  })

  test('says that it is lost, and after what was missed that it is back', async () => {
    await using redis = await startRedis()
    await using stream = await open(redis)
    await using _attached = await attach(stream.feed)
    const live = stream.feed.subscribe({ entity: 'Profile', id: 'p', maxQueued: 10, liveness: true })
    await redis.kill()
    const kinds: LiveFeedMessage['kind'][] = []
    const untilKind = async (kind: LiveFeedMessage['kind']): Promise<void> => {
      for (let last: LiveFeedMessage['kind'] | null = null; last !== kind;) {
        const { value, done } = await live.next()
        if (done) throw new Error('the feed ended')
        last = value.kind
        kinds.push(value.kind)
      }
    }
    await untilKind('lost')
    await expect(stream.feed.append([aChange('p', 1)])).rejects.toThrow('Redis: ')
    expect(await stream.entityCache.read([aRead('p')])).toEqual([{ entry: null, token: null, fence: 0 }])
    const limit = { capacity: 1, refillPerSecond: 0 }
    expect(await stream.rateLimits.take('key', 1, limit)).toMatchObject({ allowed: true })
    expect(await stream.rateLimits.take('key', 1, limit)).toMatchObject({ allowed: false })
    await redis.restart()
    await untilKind('back')
    expect(kinds).toEqual(['attached', 'lost', 'gap', 'back'])
  })

  test('a full Redis drops entities of the cache, never the feed', async () => {
    await using redis = await startRedis({
      settings: ['--maxmemory', '6mb', '--maxmemory-policy', 'volatile-lru'],
    })
    await using stream = await open(redis)
    await using _attached = await attach(stream.feed)
    const [appended] = await stream.feed.append([aChange('p', 1)])
    const text = JSON.stringify('x'.repeat(4_000))
    for (let i = 0; i < 2_000; i += 100) {
      const ids = Array.from({ length: 100 }, (_, j) => `e${i + j}`)
      const reads = await stream.entityCache.read(ids.map(aRead))
      const fills = ids.map((id, j) => ({
        entity: aRead(id).entity,
        class: 'all',
        token: reads[j]?.token ?? '',
        entry: { id, version: 1, fields: { email: text }, storedAt: 0, expiresAt: Date.now() + 60_000 },
      }))
      await stream.entityCache.fill(fills)
    }
    await using direct = connect(redis)
    expect(await direct.info('stats')).toMatch(/evicted_keys:[1-9]/)
    expect(appended && (await stream.feed.stillHeld([appended]))).toEqual([true])
  })
})

function connect({ url }: Pick<RunningRedis, 'url'>): Redis & AsyncDisposable {
  const client = new Redis(url)
  return Object.assign(client, { [Symbol.asyncDispose]: async () => client.disconnect() })
}

function aRead(id: string) {
  return { entity: { subgraph: 'profiles', type: 'Profile', id }, class: 'all', fields: ['email'] }
}
