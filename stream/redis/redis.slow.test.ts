import { Redis } from 'ioredis'
import { systemClock } from '../../platform/clock.ts'
import { silentLog } from '../../platform/log.ts'
import { describeWithServer } from '../../tests/support/servers/describe-with-server.ts'
import { REDIS_SERVER } from '../../tests/support/servers/redis-server.ts'
import { describeStreamContract } from '../contract.ts'
import { partitionOf } from '../partition.ts'
import { entityKey } from './keys.ts'
import { openRedisStream } from './open.ts'

const PARTITIONS = 8

describeWithServer(REDIS_SERVER, 'Redis', (server) => {
  describeStreamContract('the Redis stream', async () => {
    const { url } = server()
    const direct = new Redis(url)
    await direct.flushdb()
    const stream = await openRedisStream({
      url,
      partitions: PARTITIONS,
      clock: systemClock,
      log: silentLog(),
    })
    return {
      stream,
      async flush() {
        await direct.flushdb()
      },
      async evict(entity) {
        await direct.del(entityKey(partitionOf(entity.type, entity.id, PARTITIONS), entity))
      },
      async [Symbol.asyncDispose]() {
        await stream[Symbol.asyncDispose]()
        direct.disconnect()
      },
    }
  })
})
