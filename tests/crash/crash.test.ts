import { rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import {
  createKey,
  runMonogram,
  startMonogram,
  temporaryFolder,
} from '../../bench/support/monogram-process.ts'
import { homeProfile } from '../../core/identity/identity-key.ts'
import { openEmbeddedStorage } from '../../storage/embedded/open.ts'
import type { StoredEvent } from '../../storage/ports.ts'
import { Client, Follower, PEOPLE } from './load.ts'

const ROUNDS = Number(process.env['TEST_ROUNDS'] ?? 30)
const MAX_LIFE_MS = 300
const MAX_STOP_MS = 200

test(
  'kills under load lose nothing, double nothing, and leave no version out',
  { timeout: 3_600_000 },
  async () => {
    const dataDir = temporaryFolder()
    try {
      const key = await createKey(dataDir, ['ingest', 'read'])
      const clients = ['one', 'two'].map((name) => new Client(name, key))
      const follower = new Follower(key)
      for (let round = 0; round < ROUNDS; round++) await live(dataDir, clients, follower, round % 3 === 0)

      await using server = await startMonogram({ dataDir })
      const replayed = await runMonogram(['replay', '--all', '--json'], { dataDir })
      expect(replayed.code, replayed.stderr).toBe(0)
      expect(JSON.parse(replayed.stdout)).toMatchObject({ rebuilt: 0, failed: 0, newer: 0, parked: 0 })
      expect(await server.stop()).toBe(0)

      await expectAllCounted(
        dataDir,
        clients.flatMap(({ acknowledged }) => acknowledged),
      )
      expect(follower.gaps).toEqual([])
      expect(follower.messages).toBeGreaterThan(ROUNDS)
    } finally {
      await rm(dataDir, { recursive: true, force: true })
    }
  },
)

/** One life of a server: it is killed at a random moment, and in some lives stands still before for a while. */
async function live(
  dataDir: string,
  clients: readonly Client[],
  follower: Follower,
  standsStill: boolean,
): Promise<void> {
  await using server = await startMonogram({ dataDir })
  const following = follower.follow(server)
  const sending = Promise.all(clients.map((client) => client.sendUntilGone(server.url)))
  // A moment, not an event, is what is looked for: any may be the one at which something is lost.
  await delay(Math.random() * MAX_LIFE_MS)
  if (standsStill) {
    process.kill(server.pid, 'SIGSTOP')
    await delay(Math.random() * MAX_STOP_MS)
    process.kill(server.pid, 'SIGCONT')
    await delay(Math.random() * MAX_LIFE_MS)
  }
  await server.kill()
  await Promise.all([sending, following])
}

/** Every acknowledged event is stored once, and the figures of everybody are what a recount of the log gives. */
async function expectAllCounted(dataDir: string, acknowledged: readonly string[]): Promise<void> {
  await using storage = await openEmbeddedStorage({ dir: dataDir, writer: 'inline' })
  const log: StoredEvent[] = []
  for (let after: string | null = null, more = true; more;) {
    const page: Awaited<ReturnType<typeof storage.events.scan>> = await storage.events.scan(
      null,
      after,
      1_000,
    )
    log.push(...page.events)
    after = page.next
    more = after !== null
  }
  const stored = new Map<string, number>()
  for (const { messageId } of log) stored.set(messageId, (stored.get(messageId) ?? 0) + 1)
  expect(acknowledged.filter((id) => stored.get(id) !== 1)).toEqual([])
  expect(new Set(acknowledged).size).toBe(acknowledged.length)
  expect(acknowledged.length).toBeGreaterThan(ROUNDS)
  expect(log.filter(({ state }) => state !== 'folded')).toEqual([])

  const ids = PEOPLE.map((person) => homeProfile(`userId:${person}`))
  const profiles = await storage.profiles.get(ids)
  const shown = ids.map((id) => profiles.get(id)?.view.metrics['USD']?.orders ?? 0)
  const counted = PEOPLE.map((person) => log.filter(({ identity }) => identity === `userId:${person}`).length)
  expect(shown).toEqual(counted)
  expect(await storage.profiles.findOutbox(null, 1)).toEqual([])
}
