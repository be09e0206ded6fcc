import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { homeProfile } from '../../core/identity/identity-key.ts'
import { silentLog } from '../../platform/log.ts'
import { openStorage } from '../../storage/open-storage.ts'
import type { Storage } from '../../storage/ports.ts'
import { startCluster, type Cluster } from '../support/cluster.ts'
import { openDatabaseGate, type DatabaseGate, type SentCommand } from '../support/database-gate.ts'
import { eventually } from '../support/eventually.ts'
import { everythingDone } from '../support/everything-done.ts'
import { describeWithServer } from '../support/servers/describe-with-server.ts'
import { DOCUMENT_SERVER } from '../support/servers/document-server.ts'
import { REDIS_SERVER } from '../support/servers/redis-server.ts'
import type { RunningServer } from '../support/servers/server-kind.ts'
import { Client, Follower, PEOPLE } from './load.ts'
import { expectAllCounted } from './recount.ts'

/** Each kills one process of every role. */
const ROUNDS = Number(process.env['TEST_ROUNDS'] ?? 1)
/** So few that a database and workers on a busy machine keep up. */
const PAUSE_MS = 400

describeWithServer(DOCUMENT_SERVER, 'a deployment on MongoDB', (documents) => {
  describeWithServer(REDIS_SERVER, 'and Redis', (redis) => rolesTests(documents, redis))
})

/** A moment at which much would be wrong later if a process that is there, and no longer there, were believed. */
type Moment = (command: SentCommand) => boolean

const appending: Moment = ({ name, collection }) => name === 'insert' && collection === 'events'
const writingTrails: Moment = ({ name, collection, message }) =>
  name === 'update' && collection === 'trails' && message.includes('applied')
const marking: Moment = ({ name, collection, message }) =>
  name === 'update' && collection === 'events' && message.includes('trailVersion')

function rolesTests(documents: () => RunningServer, redis: () => RunningServer): void {
  const gates = new Map<string, DatabaseGate>()
  let cluster: Cluster
  let storage: Storage
  let key: string
  beforeAll(async () => {
    const target = Number(new URL(documents().url).port)
    for (const name of ['ingest-0', 'worker-0']) gates.set(name, await openDatabaseGate(target))
    cluster = await startCluster({
      mongodbUrl: documents().url,
      redisUrl: redis().url,
      counts: { gateway: 2, worker: 2 },
      storageUrlOf(name, url) {
        const port = gates.get(name)?.port
        return port === undefined ? url : Object.assign(new URL(url), { port }).href
      },
    })
    key = await cluster.createKey('ingest', 'read')
    storage = await openStorage({
      dataDir: '',
      url: cluster.env['MONOGRAM_STORAGE_URL'],
      log: silentLog(),
    })
  }, 300_000)
  afterAll(async () => {
    await storage?.[Symbol.asyncDispose]()
    await cluster?.[Symbol.asyncDispose]()
    for (const gate of gates.values()) await gate[Symbol.asyncDispose]()
  })
  const gateOf = (name: string): DatabaseGate => {
    const gate = gates.get(name)
    if (!gate) throw new Error(`${name} has no gate`)
    return gate
  }

  test('ingest dies while what it was sent is on its way to the store: what it acknowledged is there', () =>
    underLoad('append', () => killAt('ingest-0', appending)))

  test('a worker dies between the write of trails and the marks of their events: each counts once', () =>
    underLoad('mark', () => killAt('worker-0', marking)))

  test('a worker stands still past its lease, another folds, marks and forgets, the first wakes', () =>
    underLoad('still', async () => {
      const [gate, { pid }] = [gateOf('worker-0'), cluster.process('worker-0')]
      await gate.holdAt(writingTrails)
      process.kill(pid, 'SIGSTOP')
      try {
        const [stoppedAt, before] = [Date.now(), await trailVersions()]
        await eventually(async () => {
          const [{ oldestReceivedAt, pending }, now] = await Promise.all([
            storage.events.backlog(),
            trailVersions(),
          ])
          const isFolded = oldestReceivedAt === null || oldestReceivedAt > stoppedAt
          // What a write put into a trail is marked before the next write, and leaves the trail with it.
          const remembering = [...before].filter(([id, version]) => (now.get(id) ?? 0) < version + 2)
          expect({ isFolded, remembering }, `${pending} events are pending`).toEqual({
            isFolded: true,
            remembering: [],
          })
        }, 60_000)
      } finally {
        process.kill(pid, 'SIGCONT')
        gate.open()
      }
    }))

  test(
    'SIGKILL of each role in turn, under load, loses nothing, doubles nothing and leaves no version out',
    { timeout: 3_600_000 },
    () =>
      underLoad('kill', async () => {
        for (let round = 0; round < ROUNDS; round++) {
          for (const name of cluster.names.filter((each) => each.endsWith('-0'))) {
            // A moment, not an event, is what is looked for: any may be the one at which something is lost.
            await delay(Math.random() * 500)
            await cluster.kill(name)
          }
        }
      }),
  )

  async function killAt(name: string, moment: Moment): Promise<void> {
    const gate = gateOf(name)
    await gate.holdAt(moment)
    await cluster.process(name).kill()
    gate.open()
    await cluster.start(name)
  }

  async function trailVersions(): Promise<Map<string, number>> {
    const trails = await storage.trails.findByHomes(PEOPLE.map((person) => homeProfile(`userId:${person}`)))
    return new Map(trails.map(({ id, version }) => [id, version]))
  }

  /** Two clients send and one follows while something happens; then everything is counted. */
  async function underLoad(name: string, happening: () => Promise<void>): Promise<void> {
    const clients = ['one', 'two'].map((each) => new Client(`${name}-${each}`, key))
    const follower = new Follower(key)
    const over = new AbortController()
    const untilOver = async (again: () => Promise<void>): Promise<void> => {
      while (!over.signal.aborted) {
        await again()
        await delay(50)
      }
    }
    const sending = clients.map((client) =>
      untilOver(() => client.sendUntilGone(cluster.url('ingest-0'), PAUSE_MS, over.signal)),
    )
    const following = untilOver(() => follower.follow({ url: cluster.url('gateway-1') }, over.signal))
    const enough = eventually(async () => {
      for (const client of clients) expect(client.acknowledged.length).toBeGreaterThan(30)
      expect(follower.messages).toBeGreaterThan(1)
    }, 30_000)
    await Promise.all([enough, happening()])
    await delay(300)
    over.abort()
    await Promise.all(sending)
    await everythingDone(storage)
    await following
    const acknowledged = clients.flatMap((client) => client.acknowledged)
    await expectAllCounted(storage, acknowledged)
    expect(follower.gaps).toEqual([])
  }
}
