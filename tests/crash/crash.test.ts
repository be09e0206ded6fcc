import { rm } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import {
  createKey,
  runMonogram,
  startMonogram,
  temporaryFolder,
} from '../../bench/support/monogram-process.ts'
import { openEmbeddedStorage } from '../../storage/embedded/open.ts'
import { Client, Follower } from './load.ts'
import { expectAllCounted } from './recount.ts'

const ROUNDS = Number(process.env['TEST_ROUNDS'] ?? 30)
/** Data folders side by side: a start is a second of one core. */
const FOLDERS = 2
const MAX_LIFE_MS = 300
const MAX_STOP_MS = 200

test(
  'kills under load lose nothing, double nothing, and leave no version out',
  { timeout: 3_600_000 },
  async () => {
    const rounds = Math.ceil(ROUNDS / FOLDERS)
    await Promise.all(Array.from({ length: FOLDERS }, () => liveThrough(rounds)))
  },
)

async function liveThrough(rounds: number): Promise<void> {
  const dataDir = temporaryFolder()
  try {
    const key = await createKey(dataDir, ['ingest', 'read'])
    const clients = ['one', 'two'].map((name) => new Client(name, key))
    const follower = new Follower(key)
    for (let round = 0; round < rounds; round++) await live(dataDir, clients, follower, round % 3 === 0)

    await using server = await startMonogram({ dataDir })
    const replayed = await runMonogram(['replay', '--all', '--json'], { dataDir })
    expect(replayed.code, replayed.stderr).toBe(0)
    expect(JSON.parse(replayed.stdout)).toMatchObject({ rebuilt: 0, failed: 0, newer: 0, parked: 0 })
    expect(await server.stop()).toBe(0)

    await using storage = await openEmbeddedStorage({ dir: dataDir, writer: 'inline' })
    const acknowledged = clients.flatMap((client) => client.acknowledged)
    await expectAllCounted(storage, acknowledged)
    expect(acknowledged.length).toBeGreaterThan(rounds)
    expect(follower.gaps).toEqual([])
    // Some lives are over before a subscriber is there.
    expect(follower.messages).toBeGreaterThan(rounds / 3)
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

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
