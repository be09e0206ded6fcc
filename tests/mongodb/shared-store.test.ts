import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  createKey,
  runMonogram,
  startMonogram,
  temporaryFolder,
  type MonogramProcess,
} from '../../bench/support/monogram-process.ts'
import { homeProfile } from '../../core/identity/identity-key.ts'
import { openMongodbStorage } from '../../storage/mongodb/open.ts'
import type { Storage } from '../../storage/ports.ts'
import { Client, PEOPLE } from '../crash/load.ts'
import { eventually } from '../support/eventually.ts'
import { describeWithServer } from '../support/servers/describe-with-server.ts'
import { DOCUMENT_SERVER } from '../support/servers/document-server.ts'
import { REDIS_SERVER } from '../support/servers/redis-server.ts'
import type { RunningServer } from '../support/servers/server-kind.ts'
import { createTestDatabase, type TestDatabase } from '../support/servers/test-database.ts'

const ROUNDS = Number(process.env['TEST_ROUNDS'] ?? 3)
const MAX_LIFE_MS = 400

describeWithServer(DOCUMENT_SERVER, 'a database that processes share', (documents) =>
  describeWithServer(REDIS_SERVER, 'beside one Redis', (redis) => sharedStoreTests(documents, redis)),
)

function sharedStoreTests(documents: () => RunningServer, redis: () => RunningServer): void {
  let dataDir: string
  let database: TestDatabase
  let env: Record<string, string>
  beforeAll(() => {
    dataDir = temporaryFolder()
    database = createTestDatabase(documents())
    env = {
      MONOGRAM_STORAGE_URL: database.url,
      MONOGRAM_REDIS_URL: redis().url,
      MONOGRAM_SECRET: 'the same for all of them',
    }
  })
  afterAll(async () => {
    await rm(dataDir, { recursive: true })
    await database[Symbol.asyncDispose]()
  })
  const run = (args: string[], other: Record<string, string> = {}) =>
    runMonogram(args, { dataDir, env: { ...env, ...other } })

  test('kills of one server lose nothing and double nothing, while another one goes on', async () => {
    const key = await createKey(dataDir, ['ingest', 'read'], env)
    const clients = ['one', 'two'].map((name) => new Client(name, key))
    await using steady = await startMonogram({ dataDir, env })
    for (let round = 0; round < ROUNDS; round++) await liveAndDie(clients, steady)
    expect(await steady.stop()).toBe(0)

    await using storage = await openMongodbStorage({ url: database.url })
    const acknowledged = new Set(clients.flatMap((client) => client.acknowledged))
    expect(acknowledged.size).toBeGreaterThan(ROUNDS)
    await expectAllCounted(storage, acknowledged)
  })

  /** Both clients send to a server until it is killed, and then go on at the steady one for a moment. */
  async function liveAndDie(clients: readonly Client[], steady: MonogramProcess): Promise<void> {
    await using mortal = await startMonogram({ dataDir: temporaryFolder(), env })
    const sending = Promise.all(clients.map((client) => client.sendUntilGone(mortal.url)))
    // A moment, not an event, is what is looked for: any may be the one at which something is lost.
    await delay(Math.random() * MAX_LIFE_MS)
    await mortal.kill()
    await sending
    await rm(mortal.dataDir, { recursive: true, force: true })
    const health = await fetch(`${steady.url}/healthz/ready`)
    expect(health.status).toBe(200)
  }

  /** What was acknowledged is stored; what is stored, of whoever was killed over it, is in its profile once. */
  async function expectAllCounted(storage: Storage, acknowledged: ReadonlySet<string>): Promise<void> {
    // One more life carries out what the killed ones left behind.
    await using last = await startMonogram({ dataDir, env })
    await eventually(async () => {
      const { pending } = await storage.events.stats()
      const dirty = await storage.trails.findDirty(null, 1)
      const links = await storage.identities.findPendingPairs(1)
      expect({ pending, dirty, links }).toEqual({ pending: 0, dirty: [], links: [] })
    }, 30_000)
    expect(await last.stop()).toBe(0)

    const stored = new Set<string>()
    for (let after: string | null = null, more = true; more;) {
      const page: Awaited<ReturnType<Storage['events']['scan']>> = await storage.events.scan(null, after, 500)
      for (const { messageId } of page.events) stored.add(messageId)
      after = page.next
      more = after !== null
    }
    expect([...acknowledged].filter((messageId) => !stored.has(messageId))).toEqual([])
    const profiles = await storage.profiles.get(PEOPLE.map((person) => homeProfile(`userId:${person}`)))
    const orders = [...profiles.values()].map(({ view }) => view.metrics['USD']?.orders ?? 0)
    expect(orders.reduce((sum, count) => sum + count, 0)).toBe(stored.size)
  }

  test('commands work beside servers, without a lock', async () => {
    await using server = await startMonogram({ dataDir, env })
    const file = join(dataDir, 'events.ndjson')
    await writeFile(
      file,
      `${JSON.stringify({ type: 'identify', userId: 'ada', messageId: 'm1', traits: { plan: 'pro' } })}\n`,
    )
    const imported = await run(['import', file, '--json'])
    expect(imported.code, imported.stderr).toBe(0)
    expect(JSON.parse(imported.stdout)).toMatchObject({ events: { stored: 1 } })
    const status = await run(['status', '--json'])
    expect(JSON.parse(status.stdout)).toMatchObject({ server: null, events: { parked: 0 } })
    expect((await run(['keys', 'list', '--json'])).code).toBe(0)
    const replayed = await run(['replay', '--all', '--json'])
    expect(JSON.parse(replayed.stdout)).toMatchObject({ rebuilt: 0, failed: 0 })
    expect(await server.stop()).toBe(0)
  })

  test('doctor shows the database and no password; backups are left to the tools of the database', async () => {
    const doctor = await run(['doctor', '--json'])
    expect(JSON.parse(doctor.stdout)).toMatchObject({
      checks: expect.arrayContaining([
        { name: 'database', ok: true, found: expect.stringMatching(/schema version (\d+) of \1$/) },
      ]),
    })
    const away = 'mongodb://ada:s3cret@127.0.0.1:9/x?serverSelectionTimeoutMS=200'
    const unreachable = await run(['doctor'], { MONOGRAM_STORAGE_URL: away })
    expect(unreachable.code).toBe(1)
    expect(unreachable.stdout).toMatch(/MONOGRAM_STORAGE_URL +mongodb:\/\/ada:\*\*\*@127\.0\.0\.1:9\/x/)
    expect(unreachable.stdout + unreachable.stderr).not.toContain('s3cret')
    const backup = await run(['backup', join(dataDir, 'backup')])
    expect(backup).toMatchObject({ code: 2, stderr: expect.stringContaining('mongodump') })
    const restore = await run(['restore', join(dataDir, 'backup')])
    expect(restore).toMatchObject({ code: 2, stderr: expect.stringContaining('mongorestore') })
  })

  test('a command without a database says so', async () => {
    const away = 'mongodb://ada:s3cret@127.0.0.1:9/x?serverSelectionTimeoutMS=200'
    const unreachable = await run(['status'], { MONOGRAM_STORAGE_URL: away })
    expect(unreachable).toMatchObject({ code: 1, stderr: expect.stringContaining('127.0.0.1:9') })
    expect(unreachable.stderr).not.toContain('s3cret')
  })
}
