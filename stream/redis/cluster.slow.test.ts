import { Cluster } from 'ioredis'
import { afterAll, beforeAll } from 'vitest'
import { systemClock } from '../../platform/clock.ts'
import { silentLog } from '../../platform/log.ts'
import { describeWithServer } from '../../tests/support/servers/describe-with-server.ts'
import { REDIS_SERVER, startRedisCluster } from '../../tests/support/servers/redis-server.ts'
import type { RunningServer } from '../../tests/support/servers/server-kind.ts'
import { describeStreamContract } from '../contract.ts'
import { partitionOf } from '../partition.ts'
import { entityKey } from './keys.ts'
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
