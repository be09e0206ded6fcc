import { expect, test } from 'vitest'
import { systemClock } from '../../platform/clock.ts'
import { silentLog } from '../../platform/log.ts'
import { describeWithServer } from '../../tests/support/servers/describe-with-server.ts'
import { REDIS_SERVER, startRedis } from '../../tests/support/servers/redis-server.ts'
import { openRedisStream } from './open.ts'

describeWithServer(REDIS_SERVER, 'a Redis with a password', () => {
  test('refuses who has none or another, and the opening says so without repeating it', async () => {
    await using redis = await startRedis({ settings: ['--requirepass', 'sesame'] })
    const open = (credentials: string, database = '') =>
      openRedisStream({
        url: redis.url.replace('://', `://${credentials}`) + database,
        partitions: 8,
        clock: systemClock,
        log: silentLog(),
      })
    const refused = {
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/^MONOGRAM_REDIS_URL: .*(NOAUTH|WRONGPASS)/),
    }
    await expect(open('')).rejects.toMatchObject(refused)
    await expect(open(':opensaysme@')).rejects.toMatchObject(refused)
    await expect(open(':opensaysme@')).rejects.not.toThrow('opensaysme')
    await expect(open(':sesame@', '/99')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('DB index'),
    })
    await (await open(':sesame@'))[Symbol.asyncDispose]()
  })

  test('that is away is waited for no longer than a moment: it may be back any time', async () => {
    const redis = await startRedis()
    await redis[Symbol.asyncDispose]()
    const options = { url: redis.url, partitions: 8, clock: systemClock, log: silentLog() }
    await (await openRedisStream(options))[Symbol.asyncDispose]()
  })
})
