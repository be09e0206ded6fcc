import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { FOLD_VERSION } from '../core/profile/fold-version.ts'
import { projectRoot } from '../platform/project-root.ts'
import { silentLog } from '../platform/log.ts'
import { openStorage } from '../storage/open-storage.ts'
import { PEOPLE } from './crash/load.ts'
import { expectAllCounted } from './crash/recount.ts'
import { BalancedClient } from './support/balanced-client.ts'
import { startCluster, type Cluster } from './support/cluster.ts'
import { everythingDone } from './support/everything-done.ts'
import { describeWithServer } from './support/servers/describe-with-server.ts'
import { DOCUMENT_SERVER } from './support/servers/document-server.ts'
import { REDIS_SERVER } from './support/servers/redis-server.ts'

const nextFold = pathToFileURL(join(projectRoot(import.meta.url), 'tests/support/next-fold.mjs')).href
const NEXT = { NODE_OPTIONS: `--import=${nextFold}` }
const TWO = { gateway: 2, ingest: 2, worker: 2, profiles: 2, events: 2, products: 2, recommendations: 2 }

describeWithServer(DOCUMENT_SERVER, 'a deployment on MongoDB', (documents) => {
  describeWithServer(REDIS_SERVER, 'and Redis', (redis) => {
    test(
      'is restarted role by role, upgraded to another fold, and back, under load: no request fails, no event is parked',
      { timeout: 600_000 },
      async () => {
        await using cluster = await startCluster({
          mongodbUrl: documents().url,
          redisUrl: redis().url,
          counts: TWO,
          env: { MONOGRAM_DRAIN_MS: '700' },
        })
        const key = await cluster.createKey('ingest', 'read')
        await using load = startLoad(cluster, key)

        for (const name of cluster.names.filter((each) => each.endsWith('-0'))) await restart(cluster, name)
        expect(load.failures()).toEqual([])

        // One with the next fold beside one with this; both with the next; back; and on again.
        await restart(cluster, 'worker-0', NEXT)
        await delay(300)
        await restart(cluster, 'worker-1', NEXT)
        await restart(cluster, 'worker-0')
        await delay(300)
        await restart(cluster, 'worker-1')
        await delay(300)
        await restart(cluster, 'worker-0', NEXT)
        await load.stop()
        expect(load.failures()).toEqual([])
        expect(load.answered()).toBeGreaterThan(100)

        await using storage = await openStorage({
          dataDir: '',
          url: cluster.env['MONOGRAM_STORAGE_URL'],
          log: silentLog(),
        })
        await everythingDone(storage)
        expect((await storage.events.stats()).parked).toBe(0)
        await expectAllCounted(storage, load.acknowledged)
        const trails = await storage.trails.get(await storage.trails.list(null, 100))
        expect(Math.max(...Array.from(trails.values(), (trail) => trail.foldVersion))).toBe(FOLD_VERSION + 1)
      },
    )
  })
})

/** SIGTERM: it ends by itself, in good order and in time. */
async function restart(cluster: Cluster, name: string, env: Record<string, string> = {}): Promise<void> {
  const began = performance.now()
  expect(await cluster.stop(name), `${name}: ${cluster.process(name).output()}`).toBe(0)
  expect(performance.now() - began).toBeLessThan(11_000)
  await cluster.start(name, env)
}

/** One caller sends events, one reads the graph. */
function startLoad(cluster: Cluster, key: string) {
  const urls = (service: string): string[] =>
    cluster.names.filter((name) => name.startsWith(`${service}-`)).map((name) => cluster.url(name))
  const [ingest, gateway] = [new BalancedClient(urls('ingest')), new BalancedClient(urls('gateway'))]
  const acknowledged: string[] = []
  const over = new AbortController()

  async function send(): Promise<void> {
    for (let serial = 0; !over.signal.aborted; serial++) {
      const batch = [0, 1, 2].map((i) => ({
        type: 'track',
        event: 'Order Completed',
        userId: PEOPLE[(serial + i) % PEOPLE.length],
        messageId: `rolling-${serial}-${i}`,
        properties: {
          order_id: `rolling-${serial}-${i}`,
          total: 1,
          currency: 'USD',
          products: [{ product_id: `p${i}` }],
        },
      }))
      await ingest.post('/v1/batch', { authorization: `Basic ${btoa(`${key}:`)}` }, { batch })
      acknowledged.push(...batch.map(({ messageId }) => messageId))
      await delay(100)
    }
  }
  async function read(): Promise<void> {
    const query = `query ($id: String!) { profile(by: { kind: "userId", value: $id }) {
      version metrics(currency: "USD") { orders } events(first: 2) { edges { node { id } } } recommendations(first: 2) { score } } }`
    for (let serial = 0; !over.signal.aborted; serial++) {
      const variables = { id: PEOPLE[serial % PEOPLE.length] }
      await gateway.post('/graphql', { authorization: `Bearer ${key}` }, { query, variables })
      await delay(40)
    }
  }
  const running = Promise.all([send(), read()])
  const stop = async (): Promise<void> => {
    over.abort()
    await running
  }
  return {
    acknowledged,
    failures: () => [...ingest.failures, ...gateway.failures],
    answered: () => Math.min(ingest.answered, gateway.answered),
    stop,
    async [Symbol.asyncDispose]() {
      await stop()
      await Promise.all([ingest[Symbol.asyncDispose](), gateway[Symbol.asyncDispose]()])
    },
  }
}
