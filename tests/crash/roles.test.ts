import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { silentLog } from '../../platform/log.ts'
import { openStorage } from '../../storage/open-storage.ts'
import { startCluster } from '../support/cluster.ts'
import { everythingDone } from '../support/everything-done.ts'
import { describeWithServer } from '../support/servers/describe-with-server.ts'
import { DOCUMENT_SERVER } from '../support/servers/document-server.ts'
import { REDIS_SERVER } from '../support/servers/redis-server.ts'
import { Client, Follower } from './load.ts'
import { expectAllCounted } from './recount.ts'

/** Each kills one process of every role. */
const ROUNDS = Number(process.env['TEST_ROUNDS'] ?? 1)
const PAUSE_MS = 150

describeWithServer(DOCUMENT_SERVER, 'a deployment on MongoDB', (documents) => {
  describeWithServer(REDIS_SERVER, 'and Redis', (redis) => {
    test(
      'SIGKILL of each role in turn, under load, loses nothing, doubles nothing and leaves no version out',
      { timeout: 3_600_000 },
      async () => {
        await using cluster = await startCluster({
          mongodbUrl: documents().url,
          redisUrl: redis().url,
          counts: { gateway: 2, worker: 2 },
        })
        const key = await cluster.createKey('ingest', 'read')
        const clients = ['one', 'two'].map((name) => new Client(name, key))
        const follower = new Follower(key)
        const over = new AbortController()
        const untilOver = async (again: () => Promise<void>): Promise<void> => {
          while (!over.signal.aborted) {
            await again()
            await delay(50)
          }
        }
        const sending = clients.map((client) =>
          untilOver(() => client.sendUntilGone(cluster.url('ingest-0'), PAUSE_MS)),
        )
        const following = untilOver(() => follower.follow({ url: cluster.url('gateway-1') }))

        for (let round = 0; round < ROUNDS; round++) {
          for (const name of cluster.names.filter((each) => each.endsWith('-0'))) {
            // A moment, not an event, is what is looked for: any may be the one at which something is lost.
            await delay(Math.random() * 500)
            await cluster.kill(name)
          }
        }
        await delay(500)
        over.abort()
        await cluster.stop('ingest-0')
        await Promise.all(sending)

        await using storage = await openStorage({
          dataDir: '',
          url: cluster.env['MONOGRAM_STORAGE_URL'],
          log: silentLog(),
        })
        await everythingDone(storage)
        await cluster.stop('gateway-1')
        await following
        const acknowledged = clients.flatMap((client) => client.acknowledged)
        await expectAllCounted(storage, acknowledged)
        expect(acknowledged.length).toBeGreaterThan(100 * ROUNDS)
        expect(follower.gaps).toEqual([])
        expect(follower.messages).toBeGreaterThan(10)
      },
    )
  })
})
