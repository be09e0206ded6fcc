import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { FOLD_VERSION } from '../core/profile/fold-version.ts'
import { projectRoot } from '../platform/project-root.ts'
import { silentLog } from '../platform/log.ts'
import { SUBGRAPHS } from '../platform/roles.ts'
import { composeSupergraph } from '../scripts/generate/compose-supergraph.ts'
import { openStorage } from '../storage/open-storage.ts'
import type { Storage } from '../storage/ports.ts'
import { PEOPLE } from './crash/load.ts'
import { expectAllCounted } from './crash/recount.ts'
import { BalancedClient } from './support/balanced-client.ts'
import { startCluster, type Cluster } from './support/cluster.ts'
import { eventually } from './support/eventually.ts'
import { everythingDone } from './support/everything-done.ts'
import { graph } from './support/graph.ts'
import { describeWithServer } from './support/servers/describe-with-server.ts'
import { DOCUMENT_SERVER } from './support/servers/document-server.ts'
import { REDIS_SERVER } from './support/servers/redis-server.ts'

const root = projectRoot(import.meta.url)
const nextVersion = pathToFileURL(join(root, 'tests/support/next-version.mjs')).href
const TWO = { gateway: 2, ingest: 2, worker: 2, profiles: 2, events: 2, products: 2, recommendations: 2 }

describeWithServer(DOCUMENT_SERVER, 'a deployment on MongoDB', (documents) => {
  describeWithServer(REDIS_SERVER, 'and Redis', (redis) => {
    test(
      'is upgraded process by process to another fold and another schema, and back, under load: no request fails, no event is parked',
      { timeout: 600_000 },
      async () => {
        await using cluster = await startCluster({
          mongodbUrl: documents().url,
          redisUrl: redis().url,
          // With the drain that a process has by itself. A shorter one ends before a gateway that saw the other process gone
          // asks it again, up to two seconds later.
          counts: TWO,
        })
        const next = {
          NODE_OPTIONS: `--import=${nextVersion}`,
          TEST_NEXT_SUPERGRAPH: nextSupergraph(cluster.process('gateway-0').dataDir),
        }
        const key = await cluster.createKey('ingest', 'read')
        await using load = startLoad(cluster, key)
        /** At the same time; of each role another one stays. */
        const goTo = async (env: Record<string, string>, ...names: string[]): Promise<void> => {
          await Promise.all(names.map((name) => restart(cluster, name, env)))
          expect(load.failures()).toEqual([])
        }

        // One process of each role is of the next version, beside one of this; in the order that docs/deployment.md says.
        await goTo(next, 'profiles-0', 'events-0', 'products-0', 'recommendations-0', 'ingest-0')
        await goTo(next, 'profiles-1', 'events-1', 'ingest-1', 'worker-0')
        await goTo(next, 'worker-1', 'gateway-0', 'products-1', 'recommendations-1')
        expect(await askForMiddleName(cluster, key)).toEqual({ profile: { middleName: null } })
        const storage = await openStore(cluster)
        await eventually(async () => expect(await newestFold(storage)).toBe(FOLD_VERSION + 1))
        // All of it, and back.
        await goTo(next, 'gateway-1')
        await goTo({}, 'gateway-0', 'worker-0')
        await goTo({}, 'gateway-1', 'worker-1', 'profiles-0', 'events-0')
        await goTo({}, 'profiles-1', 'events-1', 'products-0', 'ingest-0')
        await goTo({}, 'products-1', 'recommendations-0', 'ingest-1')
        await goTo({}, 'recommendations-1')
        await load.stop()
        expect(load.failures()).toEqual([])
        expect(load.answered()).toBeGreaterThan(100)

        // Nobody has the next fold any more: what it had folded is folded by this one.
        await everythingDone(storage)
        expect((await storage.events.stats()).parked).toBe(0)
        await expectAllCounted(storage, load.acknowledged)
        expect(await newestFold(storage)).toBe(FOLD_VERSION)
        await storage[Symbol.asyncDispose]()
      },
    )
  })
})

/** The graph of the next version, in which profiles have one more field. */
function nextSupergraph(dir: string): string {
  const sources = SUBGRAPHS.map((name) => {
    const sdl = readFileSync(join(root, 'schema', 'subgraphs', `${name}.graphql`), 'utf8')
    return {
      name,
      sdl: name === 'profiles' ? sdl.replace('firstName: String', '$& middleName: String') : sdl,
    }
  })
  const file = join(dir, 'next-supergraph.graphql')
  writeFileSync(file, composeSupergraph(sources).supergraph)
  return file
}

async function askForMiddleName(cluster: Cluster, key: string): Promise<unknown> {
  const query = `{ profile(by: { kind: "userId", value: "${PEOPLE[0]}" }) { middleName } }`
  return (await graph(cluster.url('gateway-0'), key, query)).data
}

function openStore({ env }: Cluster): Promise<Storage> {
  return openStorage({ dataDir: '', url: env['MONOGRAM_STORAGE_URL'], log: silentLog() })
}

async function newestFold({ trails }: Storage): Promise<number> {
  const found = await trails.get(await trails.list(null, 100))
  return Math.max(...Array.from(found.values(), ({ foldVersion }) => foldVersion))
}

/** SIGTERM: it ends by itself, in good order and in time. */
async function restart(cluster: Cluster, name: string, env: Record<string, string> = {}): Promise<void> {
  const began = performance.now()
  expect(await cluster.stop(name), `${name}: ${cluster.process(name).output()}`).toBe(0)
  expect(performance.now() - began).toBeLessThan(11_000)
  await cluster.start(name, env)
}

/** One caller sends events, one reads the graph, one renders. */
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
  async function render(): Promise<void> {
    for (let serial = 0; !over.signal.aborted; serial++) {
      const by = { kind: 'userId', value: PEOPLE[serial % PEOPLE.length] }
      const body = { variables: { by }, deadlineMs: 2_000 }
      await gateway.post('/render/order-follow-up', { authorization: `Bearer ${key}` }, body, {
        mayBeLate: true,
      })
      await delay(40)
    }
  }
  const running = Promise.all([send(), read(), render()])
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
