import { setTimeout as delay } from 'node:timers/promises'
import { Cluster, Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../platform/clock.ts'
import { silentLog } from '../../platform/log.ts'
import { eventually } from '../../tests/support/eventually.ts'
import { loadFeed } from '../../tests/support/feed-under-load.ts'
import { describeWithServer } from '../../tests/support/servers/describe-with-server.ts'
import { REDIS_SERVER, startRedisCluster } from '../../tests/support/servers/redis-server.ts'
import type { RunningServer } from '../../tests/support/servers/server-kind.ts'
import { describeStreamContract } from '../contract.ts'
import { partitionOf } from '../partition.ts'
import type { Stream } from '../ports.ts'
import { entityKey, metaKey } from './keys.ts'
import { openRedisStream } from './open.ts'

const PARTITIONS = 8

describeWithServer(REDIS_SERVER, 'a cluster of three masters', () => {
  let running: RunningServer | null = null
  let direct: Cluster | null = null
  beforeAll(async () => {
    running = await startRedisCluster()
    const [host = '', port = ''] = running.url.slice('redis+cluster://'.length).split(':')
    direct = new Cluster([{ host, port: Number(port) }])
  }, 30_000)
  afterAll(async () => {
    direct?.disconnect()
    await running?.[Symbol.asyncDispose]()
  })

  test('while slots move from one master to another under load, versions are told or are a gap', async () => {
    const open = (): Promise<Stream> =>
      openRedisStream({
        url: running?.url ?? '',
        partitions: PARTITIONS,
        clock: systemClock,
        log: silentLog(),
      })
    await using writing = await open()
    await using reading = await open()
    const load = loadFeed(writing, reading)
    try {
      await eventually(async () => expect(load.written.length).toBeGreaterThan(100))
      const masters = (direct?.nodes('master') ?? []).map(({ options }) => options.port ?? 0)
      for (let partition = 0; partition < PARTITIONS; partition++) {
        await moveSlot(masters, metaKey(partition), () => delay(200))
      }
      await load.stopWriting()
      await eventually(async () => {
        expect(await load.differing()).toEqual([])
      }, 5_000)
      expect(load.violations).toEqual([])
      expect(load.gaps()).toBeGreaterThan(0)
    } finally {
      await load.stop()
    }
  }, 60_000)

  describeStreamContract('the Redis stream on a cluster', async () => {
    const flush = async (): Promise<void> => {
      await Promise.all((direct?.nodes('master') ?? []).map((node) => node.flushall()))
    }
    await flush()
    const stream = await openRedisStream({
      url: running?.url ?? '',
      partitions: PARTITIONS,
      clock: systemClock,
      log: silentLog(),
    })
    return {
      stream,
      flush,
      async evict(entity) {
        await direct?.del(entityKey(partitionOf(entity.type, entity.id, PARTITIONS), entity))
      },
      [Symbol.asyncDispose]: () => stream[Symbol.asyncDispose](),
    }
  })
})

type Slots = [first: number, last: number, master: [host: string, port: number]][]

/**
 * Moves the slot of a key to the next master, as `redis-cli --cluster reshard` does. `halfway`: while every other of its
 * keys is here and the rest there, so that some commands are asked to go on to the other, and some to come again.
 */
async function moveSlot(
  masters: readonly number[],
  key: string,
  halfway: () => Promise<void>,
): Promise<void> {
  const clients = masters.map((port) => new Redis({ port }))
  try {
    const [any] = clients
    const slot = Number(await any?.cluster('KEYSLOT', key))
    const ids = await Promise.all(clients.map(async (client) => String(await client.call('CLUSTER', 'MYID'))))
    const ranges = (await any?.cluster('SLOTS')) as unknown as Slots
    const owner = ranges.find(([first, last]) => first <= slot && slot <= last)?.[2][1]
    const from = masters.findIndex((port) => port === owner)
    const to = (from + 1) % masters.length
    const [source, target] = [clients[from], clients[to]]
    if (!source || !target) throw new Error(`no master has slot ${slot}`)
    await target.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', ids[from] ?? '')
    await source.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', ids[to] ?? '')
    const move = async (count: number): Promise<number> => {
      const keys = (await source.call('CLUSTER', 'GETKEYSINSLOT', slot, count)) as string[]
      for (const one of keys) await source.migrate('127.0.0.1', masters[to] ?? 0, one, 0, 1_000, 'REPLACE')
      return keys.length
    }
    await move(Math.ceil(Number(await source.call('CLUSTER', 'COUNTKEYSINSLOT', slot)) / 2))
    await halfway()
    while ((await move(100)) > 0);
    for (const client of [target, source, ...clients]) {
      await client.call('CLUSTER', 'SETSLOT', slot, 'NODE', ids[to] ?? '')
    }
  } finally {
    for (const client of clients) client.disconnect()
  }
}
