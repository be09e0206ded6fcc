import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, test } from 'vitest'
import { openConnection } from './connection.ts'
import { openEmbeddedStorage } from './open.ts'

const ROUNDS = 8
/** Enough for checkpoints of the log file to come into the way. */
const MAX_ACKNOWLEDGED_BEFORE_KILL = 4_000

test(`loses no acknowledged event in ${ROUNDS} rounds of SIGKILL`, async () => {
  const dir = await mkdtemp(join(tmpdir(), 'monogram-'))
  const acknowledged = new Set<string>()
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const killAfter = Math.ceil(Math.random() * MAX_ACKNOWLEDGED_BEFORE_KILL)
      for (const key of await appendUntilKilled(dir, round, killAfter)) acknowledged.add(key)
      await using storage = await openEmbeddedStorage({ dir, writer: 'inline' })
      const kept = new Set((await storage.events.get([...acknowledged])).map(({ key }) => key))
      const lost = [...acknowledged].filter((key) => !kept.has(key))
      expect(lost, `killed after ${killAfter} acknowledgements in round ${round}`).toEqual([])
      expect(integrity(dir)).toEqual(['ok'])
    }
    expect(acknowledged.size).toBeGreaterThan(ROUNDS)
  } finally {
    await rm(dir, { recursive: true })
  }
})

/** The keys that a process acknowledged on stdout before it was killed, which is in the middle of further appends. */
async function appendUntilKilled(dir: string, round: number, killAfter: number): Promise<string[]> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', appendForever(dir, round)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(child, 'exit')
  const keys: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    keys.push(line)
    if (keys.length >= killAfter) child.kill('SIGKILL')
  }
  expect(await exited).toEqual([null, 'SIGKILL'])
  return keys
}

function integrity(dir: string): string[] {
  const db = openConnection(join(dir, 'monogram.db'), 'reader')
  try {
    return db.prepare<[string]>('PRAGMA integrity_check').all().flat()
  } finally {
    db.close()
  }
}

function appendForever(dir: string, round: number): string {
  const module = new URL('../../dist/storage/embedded/open.js', import.meta.url).href
  return `
    import { writeSync } from 'node:fs'
    const { openEmbeddedStorage } = await import(${JSON.stringify(module)})
    const storage = await openEmbeddedStorage({ dir: ${JSON.stringify(dir)}, writer: 'thread' })
    const event = {
      trailId: 't', identity: 'userId:1', source: 's', messageId: 'm', type: 'track', name: 'Tick',
      time: 1, receivedAt: 1, body: { text: 'x'.repeat(2000) }, bodyHash: 'h', pairs: [],
    }
    let n = 0
    const append = async () => {
      for (;;) {
        const keys = Array.from({ length: 10 }, () => ${JSON.stringify(`${round}-`)} + n++)
        await storage.events.append(keys.map((key) => ({ ...event, key })))
        writeSync(1, keys.join('\\n') + '\\n')
      }
    }
    await Promise.all(Array.from({ length: 8 }, append))`
}
