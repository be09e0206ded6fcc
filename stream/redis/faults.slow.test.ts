import { Redis } from 'ioredis'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { systemClock } from '../../platform/clock.ts'
import { createRelay } from '../../ingest/relay.ts'
import { silentLog } from '../../platform/log.ts'
import { eventually } from '../../tests/support/eventually.ts'
import { createMemoryStores, openMemoryStorage } from '../../tests/support/memory-storage.ts'
import { loadFeed } from '../../tests/support/feed-under-load.ts'
import { describeWithServer } from '../../tests/support/servers/describe-with-server.ts'
import { REDIS_SERVER, startRedis, type RunningRedis } from '../../tests/support/servers/redis-server.ts'
import { startTcpProxy, type TcpProxy } from '../../tests/support/tcp-proxy.ts'
import { aWrite } from '../../storage/contract/documents.ts'
import { attach, subscribe, take } from '../contract/feed.ts'
import type { Stream } from '../ports.ts'
import { openRedisStream } from './open.ts'

interface World {
  redis: RunningRedis
  replica: RunningRedis | null
  proxy: TcpProxy
  direct: Redis
}

/** Each leaves Redis reachable again: from its end on everything has to be well within five seconds. */
const FAULTS: [name: string, fault: (world: World) => Promise<void>][] = [
  [
    'FLUSHALL, three times',
    async ({ direct }) => {
      for (let i = 0; i < 3; i++) {
        await direct.flushall()
        await delay(150)
      }
    },
  ],
  [
    'one partition lost, and the feed of another alone',
    async ({ direct }) => {
      await direct.del('mg:{0}:meta', 'mg:{0}:feed')
      await direct.del('mg:{1}:feed')
    },
  ],
  [
    'SCRIPT FLUSH, ten times',
    async ({ direct }) => {
      for (let i = 0; i < 10; i++) {
        await direct.script('FLUSH')
        await delay(50)
      }
    },
  ],
  [
    'no memory left for two seconds, and nothing that may be evicted',
    async ({ direct }) => {
      await direct.config('SET', 'maxmemory-policy', 'noeviction')
      await direct.config('SET', 'maxmemory', '1')
      await delay(2_000)
      await direct.config('SET', 'maxmemory', '0')
    },
  ],
  ['SIGKILL and a restart that begins empty', async ({ redis }) => redis.restart()],
  [
    'a server that stands still for three seconds',
    async ({ redis }) => {
      process.kill(redis.pid(), 'SIGSTOP')
      await delay(3_000)
      process.kill(redis.pid(), 'SIGCONT')
    },
  ],
  [
    'a black hole for three seconds',
    async ({ proxy }) => {
      proxy.setMode('black-hole')
      await delay(3_000)
      proxy.setMode('pass')
    },
  ],
  [
    'refused connections',
    async ({ proxy }) => {
      proxy.setMode('refuse')
      await delay(1_000)
      proxy.setMode('pass')
    },
  ],
  [
    'connections cut, five times',
    async ({ proxy }) => {
      for (let i = 0; i < 5; i++) {
        proxy.cut()
        await delay(100)
      }
    },
  ],
]

describeWithServer(REDIS_SERVER, 'faults of Redis', () => {
  test.each(FAULTS)('%s: versions are told or are a gap, and all is well within 5 s', async (_, fault) => {
    await using redis = await startRedis()
    await expectHealed({ redis, replica: null, fault })
  })

  test('SIGKILL and a restart with what reached the disk', async () => {
    await using redis = await startRedis({ persistence: 'aof' })
    await expectHealed({ redis, replica: null, fault: () => redis.restart() })
  })

  test('a failover to a replica that has not got the last writes', async () => {
    await using redis = await startRedis()
    await using replica = await startRedis({ settings: ['--replicaof', '127.0.0.1', String(redis.port)] })
    await expectHealed({
      redis,
      replica,
      async fault({ proxy }) {
        process.kill(replica.pid(), 'SIGSTOP')
        await delay(500)
        await redis.kill()
        process.kill(replica.pid(), 'SIGCONT')
        const promoted = new Redis(replica.url)
        await promoted.replicaof('NO', 'ONE')
        promoted.disconnect()
        proxy.setTarget(replica.port)
      },
    })
  })

  test('what a master took after another had its place is told by that one', async () => {
    await using old = await startRedis()
    await using replica = await startRedis({ settings: ['--replicaof', '127.0.0.1', String(old.port)] })
    await replicated(old)
    await using proxy = await startTcpProxy(old.port)
    await using writing = await open(proxy)
    const promoted = new Redis(replica.url)
    await promoted.replicaof('NO', 'ONE')
    promoted.disconnect()
    await using reading = await open({ port: replica.port })
    await using _attached = await attach(reading.feed)
    const messages = subscribe(reading.feed, { entity: 'Profile', id: 'p' })
    const { profiles, products } = openMemoryStorage({ stores: createMemoryStores() })
    const outbox = [{ from: 1, version: 1, changed: ['traits'], at: 0 }]
    await profiles.put([aWrite('p', 1, { outbox })])

    const relay = createRelay({ profiles, products, feed: writing.feed, clock: systemClock })
    expect(await relay.carryFound(10)).toBe(1)
    await old.kill()
    proxy.setTarget(replica.port)
    await eventually(async () => {
      await relay.carryFound(10)
      expect(await profiles.findOutbox(null, 10)).toEqual([])
    })
    expect(await take(messages, 1)).toEqual(['p1'])
  }, 30_000)
})

/** Resolves when a replica of it is connected. */
async function replicated({ url }: RunningRedis): Promise<void> {
  const client = new Redis(url)
  await eventually(async () => expect(await client.info('replication')).toContain('connected_slaves:1'))
  client.disconnect()
}

async function expectHealed(options: {
  redis: RunningRedis
  replica: RunningRedis | null
  fault: (world: World) => Promise<void>
}): Promise<void> {
  const { redis, replica, fault } = options
  await using proxy = await startTcpProxy(redis.port)
  await using writing = await open(proxy)
  await using reading = await open(proxy)
  const direct = new Redis(redis.url, { lazyConnect: true, retryStrategy: () => null })
  const load = loadFeed(writing, reading)
  try {
    await eventually(async () => expect(load.written.length).toBeGreaterThan(100))
    await direct.connect()
    await fault({ redis, replica, proxy, direct })
    await load.stopWriting()
    await eventually(async () => {
      expect(await load.differing()).toEqual([])
    }, 5_000)
    expect(load.violations).toEqual([])
  } finally {
    direct.disconnect()
    await load.stop()
  }
}

function open({ port }: Pick<TcpProxy, 'port'>): Promise<Stream> {
  const url = `redis://127.0.0.1:${port}`
  return openRedisStream({ url, partitions: 8, clock: systemClock, log: silentLog() })
}
