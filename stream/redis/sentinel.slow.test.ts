import { Redis } from 'ioredis'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { systemClock } from '../../platform/clock.ts'
import { silentLog } from '../../platform/log.ts'
import { eventually } from '../../tests/support/eventually.ts'
import { loadFeed } from '../../tests/support/feed-under-load.ts'
import { describeWithServer } from '../../tests/support/servers/describe-with-server.ts'
import { REDIS_SERVER } from '../../tests/support/servers/redis-server.ts'
import { startRedisSentinel, type RunningSentinel } from '../../tests/support/servers/redis-sentinel.ts'
import type { Stream } from '../ports.ts'
import { openRedisStream } from './open.ts'

describeWithServer(REDIS_SERVER, 'a master and a replica that a sentinel watches', () => {
  let running: RunningSentinel | null = null
  beforeAll(async () => {
    running = await startRedisSentinel()
  }, 30_000)
  afterAll(() => running?.[Symbol.asyncDispose]())

  const open = (): Promise<Stream> =>
    openRedisStream({ url: running?.url ?? '', partitions: 8, clock: systemClock, log: silentLog() })

  test('when the master dies, the one that takes its place is used within five seconds: versions are told or are a gap', async () => {
    await using writing = await open()
    await using reading = await open()
    const load = loadFeed(writing, reading)
    try {
      await eventually(async () => expect(load.written.length).toBeGreaterThan(100))
      const before = await masterOf(running?.url)
      await running?.killMaster()
      await eventually(async () => expect(await masterOf(running?.url)).not.toBe(before), 15_000)
      await load.stopWriting()
      await eventually(async () => {
        expect(await load.differing()).toEqual([])
        await writing.leases.join('crew', { id: 'after it', note: '' }, 1_000)
      }, 5_000)
      expect(load.violations).toEqual([])
    } finally {
      await load.stop()
    }
  }, 40_000)
})

/** The port of the master, as the sentinel says it. */
async function masterOf(url = ''): Promise<string> {
  const port = Number(/:(\d+)\//.exec(url)?.[1])
  const sentinel = new Redis({ port, lazyConnect: true, retryStrategy: () => null })
  try {
    await sentinel.connect()
    const [, found = ''] = (await sentinel.call('SENTINEL', 'get-master-addr-by-name', 'main')) as string[]
    return found
  } finally {
    sentinel.disconnect()
  }
}
