import { expect, test } from 'vitest'
import { describeWithServer } from '../../tests/support/servers/describe-with-server.ts'
import { REDIS_SERVER, startRedis } from '../../tests/support/servers/redis-server.ts'
import { eventually } from '../../tests/support/eventually.ts'
import { describeSharedStream } from '../open-stream.ts'

describeWithServer(REDIS_SERVER, 'what doctor says of a Redis', () => {
  test('its version, and what about it would lose the feed or stop it', async () => {
    await using good = await startRedis({ settings: ['--min-replicas-to-write', '1'] })
    await using _replica = await startRedis({ settings: ['--replicaof', '127.0.0.1', String(good.port)] })
    const found = expect.stringMatching(/^Redis \d+\.\d+/) as unknown
    expect(await describeSharedStream(good.url)).toEqual({ found, complaints: [] })

    const full = ['--maxmemory', '10mb', '--maxmemory-policy', 'allkeys-lru']
    await using bad = await startRedis({ settings: full })
    await using _other = await startRedis({ settings: ['--replicaof', '127.0.0.1', String(bad.port)] })
    await eventually(async () => {
      const { complaints } = await describeSharedStream(bad.url)
      expect(complaints).toEqual([
        expect.stringContaining('may evict the change feed'),
        expect.stringContaining('min-replicas-to-write 0'),
      ])
    })
  })

  test('why it cannot be reached', async () => {
    await expect(describeSharedStream('redis://127.0.0.1:9')).rejects.toThrow(
      /cannot be reached: .*ECONNREFUSED/,
    )
  })
})
