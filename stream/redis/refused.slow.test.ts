import { Cluster } from 'ioredis'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { systemClock } from '../../platform/clock.ts'
import { silentLog } from '../../platform/log.ts'
import { describeWithServer } from '../../tests/support/servers/describe-with-server.ts'
import { REDIS_SERVER, startRedis, startRedisCluster } from '../../tests/support/servers/redis-server.ts'
import { describeRedis } from './describe.ts'
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

describeWithServer(REDIS_SERVER, 'a cluster with a password', () => {
  test('refuses who has none or another: the opening, the log and doctor say so', async () => {
    await using cluster = await startRedisCluster()
    await requirePassword(cluster.url, 'sesame')
    const urlOf = (credentials: string): string => cluster.url.replace('://', `://${credentials}`)
    const said = new Set<string>()
    const log = silentLog()
    log.warn = (_entry: unknown, text?: string) => void said.add(text ?? '')
    const open = (credentials: string) =>
      openRedisStream({ url: urlOf(credentials), partitions: 8, clock: systemClock, log })
    for (const [credentials, why] of [
      ['', 'NOAUTH'],
      [':opensaysme@', 'WRONGPASS'],
    ] as const) {
      await expect(open(credentials)).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringMatching(`^MONOGRAM_REDIS_URL: .*${why}`),
      })
      await expect(describeRedis(urlOf(credentials))).rejects.toThrow(why)
    }
    expect([...said]).toEqual(['Redis refuses this process'])
    await (await open(':sesame@'))[Symbol.asyncDispose]()
  }, 40_000)
})

async function requirePassword(url: string, password: string): Promise<void> {
  const [host = '', port = ''] = url.slice('redis+cluster://'.length).split(':')
  const cluster = new Cluster([{ host, port: Number(port) }])
  try {
    // Not what connect() promises: where the slots are not agreed on yet, that is tried again and never resolves.
    await once(cluster, 'ready')
    await Promise.all(cluster.nodes('master').map((node) => node.config('SET', 'requirepass', password)))
  } finally {
    cluster.disconnect()
  }
}
