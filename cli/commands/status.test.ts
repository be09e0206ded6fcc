import { EventEmitter } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../../platform/log.ts'
import { loadConfig } from '../../platform/config/load-config.ts'
import { openEmbeddedStorage } from '../../storage/embedded/open.ts'
import { anEvent } from '../../storage/contract/documents.ts'
import type { CliContext } from '../command.ts'
import { openServices } from '../open-services.ts'
import { runCli } from '../run-cli.ts'

let dir: string
beforeEach(async () => (dir = await mkdtemp(join(tmpdir(), 'monogram-status-'))))
afterEach(() => rm(dir, { recursive: true }))

test('says of events that were parked why, by which fold, and how to go on', async () => {
  const { config } = await loadConfig({ MONOGRAM_DATA_DIR: dir })
  await using storage = await openEmbeddedStorage({ dir: config.dataDir, writer: 'inline' })
  const keys = Array.from({ length: 7 }, (_, i) => `poison-${i}`)
  await storage.events.append(keys.map((key) => anEvent(key)))
  const how = {
    attempt: 0,
    outcome: 'parked',
    error: 'cannot read it',
    foldVersion: 3,
    trailVersion: 9,
  } as const
  await storage.events.mark(keys.map((key) => ({ key, ...how })))
  await storage[Symbol.asyncDispose]()

  const text = await run('status')
  expect(text).toMatch(/events +7 \(0 to be folded, 7 parked\)/)
  expect(text).toContain('(event poison-0): cannot read it (fold 3, trail version 9)\n')
  expect(text).toContain('and 2 more\n`monogram replay --parked` releases')
  const { parkedEvents } = JSON.parse(await run('status --json')) as { parkedEvents: unknown[] }
  expect(parkedEvents).toHaveLength(5)
  expect(parkedEvents[0]).toMatchObject({
    id: 'poison-0',
    error: 'cannot read it',
    foldVersion: 3,
    trailVersion: 9,
  })
})

async function run(line: string): Promise<string> {
  let printed = ''
  const context: CliContext = {
    env: { MONOGRAM_DATA_DIR: dir },
    cwd: dir,
    signals: new EventEmitter(),
    version: '1.2.3',
    out: (text) => (printed += `${text}\n`),
    err: () => undefined,
    errIsTerminal: false,
    createLog: () => silentLog(),
    openServices: (config) => openServices(config, silentLog()),
    startServer: () => Promise.reject(new Error('no server here')),
  }
  expect(await runCli(line.split(' '), context)).toBe(0)
  return printed
}
