import { randomBytes } from 'node:crypto'
import { EventEmitter } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createApiKeys } from '../access/api-keys.ts'
import { MonogramError } from '../core/errors.ts'
import { createAccept } from '../ingest/accept.ts'
import { createCatalogue } from '../ingest/catalogue.ts'
import { silentLog } from '../platform/log.ts'
import { lockDataDir, writeLockInfo } from '../storage/embedded/lock.ts'
import { openMemoryStorage } from '../tests/support/memory-storage.ts'
import { commandHandlers } from './command-handlers.ts'
import { createControlServer } from './control/control-server.ts'
import { prepareControlSocketPath } from './control/socket-path.ts'
import { adoptSecret, requireOwnStore } from './own-deployment.ts'
import type { Services } from './services.ts'
import { runLine, type Outcome } from './testing/run-line.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'monogram-cli-'))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

/** A store that outlives the commands, and what the commands printed. */
function createTerminal(): {
  run: (line: string) => Promise<Outcome>
  services: Services
  signals: EventEmitter
} {
  const storage = openMemoryStorage()
  const clock = (): number => Date.UTC(2026, 0, 2)
  const services: Services = {
    dataDir: dir,
    storage,
    apiKeys: createApiKeys({ store: storage.apiKeys, pepper: Buffer.from('p'), clock, randomBytes }),
    requireSecret: () => Promise.resolve(),
    accept: createAccept({ events: storage.events, clock, onStored: () => undefined }),
    products: createCatalogue({ products: storage.products, clock }),
    undoMerge: () => Promise.reject(new Error('nothing is linked here')),
    clock,
    replay: () => Promise.reject(new Error('no replay in this test')),
    retain: () => Promise.reject(new Error('not here')),
    settled: () => Promise.resolve(),
    server: null,
  }
  const signals = new EventEmitter()
  return {
    services,
    signals,
    run: (line) =>
      runLine(line, {
        cwd: dir,
        env: { MONOGRAM_DATA_DIR: dir, MONOGRAM_PORT: '0' },
        signals,
        async openServices() {
          const lock = await lockDataDir(dir)
          return { ...services, [Symbol.asyncDispose]: () => lock[Symbol.asyncDispose]() }
        },
        startServer({ terminal }) {
          terminal.out('listening')
          setImmediate(() => signals.emit('SIGTERM'))
          return Promise.resolve({ url: 'http://localhost', [Symbol.asyncDispose]: () => Promise.resolve() })
        },
      }),
  }
}

describe('the command line', () => {
  test.each([
    ['--help', /start .*\n.*import .*\n.*keys create/],
    ['', /Usage: monogram COMMAND/],
    ['import --help', /Usage: monogram import FILE \[OPTIONS\][^]*--mapping FILE/],
    ['keys create -h', /--scope SCOPE .*ingest, read, admin .*several times/],
    ['--version', /^1\.2\.3$/m],
  ])('%s shows what there is', async (line, expected) => {
    const { code, stdout, stderr } = await createTerminal().run(line)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(expected)
  })

  test.each([
    ['improt x.csv', /no command "improt"; did you mean import\?/],
    ['keys', /"keys" needs one of create, list, revoke/],
    ['import x.csv --maping m.json', /no option --maping; did you mean --mapping\?/],
    ['import', /import: expected FILE, got nothing/],
    ['import a.csv b.csv', /import: expected FILE, got a\.csv b\.csv/],
    ['import a.csv --mapping', /--mapping needs a value \(--mapping FILE\)/],
    ['import a.csv --mapping --json', /--mapping needs a value/],
    ['import a.csv --source a/b', /--source takes/],
    ['status --json=yes', /--json takes no value/],
    ['keys create --name x', /at least one --scope/],
    [
      'keys create --name x --scope read --new-secret',
      /--new-secret .*MONOGRAM_STORAGE_URL names none: leave it/,
    ],
    ['start now', /start: expected no further words, got now/],
  ])('%s is not understood, and says why', async (line, expected) => {
    const { code, stdout, stderr } = await createTerminal().run(line)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^monogram: USAGE: /)
    expect(stderr).toMatch(expected)
  })

  test('a bug is told without a stack', async () => {
    const terminal = createTerminal()
    terminal.services.apiKeys.list = () => Promise.reject(new Error('secret detail'))
    const { code, stderr } = await terminal.run('keys list')
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^monogram: INTERNAL: [^\n]*\n$/),
    })
  })
})

test('start runs until a signal comes', async () => {
  expect(await createTerminal().run('start --no-demo')).toMatchObject({ code: 0, stdout: 'listening\n' })
})

test('keys are made, listed and revoked', async () => {
  const { run, services } = createTerminal()
  const made = await run('keys create --name Shop --scope ingest --scope read --json')
  const { id, key } = JSON.parse(made.stdout) as { id: string; key: string }
  expect(await services.apiKeys.authenticate(key)).toMatchObject({ name: 'Shop', scopes: ['ingest', 'read'] })

  const plain = await run('keys create --name Other --scope read')
  expect(plain.stdout).toMatch(/^mg_live_\w+\n$/)
  expect((await run('keys list')).stdout).toMatch(new RegExp(`${id} +Shop +ingest,read +2026-01-02 +active`))
  expect((await run(`keys revoke ${id}`)).code).toBe(0)
  expect(await services.apiKeys.authenticate(key)).toBeNull()
  expect(await run('keys revoke nothing')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('KEY_UNKNOWN'),
  })
  expect(await run('keys create --name x --scope write')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('KEY_SCOPE_UNKNOWN: expected scopes out of ingest, read, admin'),
  })
})

test('a new secret is begun with by a key that is made, and by none that is refused', async () => {
  const { services } = createTerminal()
  const { progress } = services.storage
  const create = commandHandlers({
    ...services,
    requireSecret: async (begin) => {
      await (begin ? adoptSecret(progress, 'new') : requireOwnStore(progress, 'new'))
    },
  })['keys.create']
  const context = { onProgress: () => undefined, signal: new AbortController().signal }
  await requireOwnStore(progress, 'lost')
  const key = { name: 'x', scopes: ['read'] }
  await expect(create({ ...key, scopes: ['write'], newSecret: true }, context)).rejects.toMatchObject({
    code: 'KEY_SCOPE_UNKNOWN',
  })
  await requireOwnStore(progress, 'lost')
  await expect(create({ ...key, newSecret: false }, context)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
  })
  expect(await services.apiKeys.list()).toEqual([])
  await create({ ...key, newSecret: true }, context)
  await requireOwnStore(progress, 'new')
  await expect(requireOwnStore(progress, 'lost')).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
})

test('status and doctor tell what is there', async () => {
  const { run } = createTerminal()
  await run('keys create --name x --scope read')
  expect(JSON.parse((await run('status --json')).stdout)).toEqual({
    dataDir: dir,
    server: null,
    logBegins: null,
    events: { events: 0, pending: 0, parked: 0, conflicts: 0 },
    parkedEvents: [],
    profiles: 0,
    products: 0,
    apiKeys: 1,
  })
  const { code, stdout } = await run('doctor')
  expect(code).toBe(0)
  expect(stdout).toMatch(/MONOGRAM_PORT +0 +\(environment\)/)
  expect(stdout).toMatch(/ok +data folder +.* is writable/)
  expect(stdout).toMatch(/ok +SQLite +\d/)
})

test('an import says what came in, and where the rest is', async () => {
  const { run } = createTerminal()
  const event = JSON.stringify({ type: 'track', event: 'Seen', userId: 'ada', messageId: 'm1' })
  await writeFile(join(dir, 'events.ndjson'), `${event}\n{broken\n`)
  const { code, stdout } = await run('import events.ndjson --json')
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    rows: 2,
    events: { stored: 1, rejected: 1 },
    rejectedFile: join(dir, 'events.ndjson.rejected.ndjson'),
  })
  expect((await run('import events.ndjson')).stdout).toMatch(/known already +1\n/)
  await writeFile(join(dir, 'bad.ndjson'), '{broken\n')
  expect((await run('import bad.ndjson')).code).toBe(1)
  expect(await run('import none.csv --mapping none.json')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^monogram: IMPORT_MAPPING_INVALID: the mapping .* cannot be read\n$/),
  })
})

describe('beside a running server', () => {
  test('commands go through its control socket, and find it by the lock', async () => {
    const { run, services } = createTerminal()
    await using _lock = await lockDataDir(dir)
    const socketPath = await prepareControlSocketPath(dir)
    const server = { url: 'http://127.0.0.1:4000', startedAt: services.clock() - 5_000 }
    const handlers = commandHandlers({ ...services, server })
    await using _control = await createControlServer({ socketPath, handlers, log: silentLog() })
    await writeLockInfo(dir, { pid: process.pid, socket: socketPath, port: 4000 })

    expect((await run('keys create --name Shop --scope read')).code).toBe(0)
    const { stdout } = await run('status')
    expect(stdout).toMatch(/server +http:\/\/127\.0\.0\.1:4000 \(process \d+, up 5 s\)/)
    expect(stdout).toMatch(/API keys +1 active/)
    await writeFile(join(dir, 'e.ndjson'), '{"type":"identify","userId":"ada"}\n')
    expect(JSON.parse((await run('import e.ndjson --json')).stdout)).toMatchObject({ events: { stored: 1 } })
    expect(await run('keys revoke nothing')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('KEY_UNKNOWN'),
    })
  })

  test('what a killed server left does not hinder', async () => {
    const { run } = createTerminal()
    await writeLockInfo(dir, { pid: 999_999_999, socket: join(dir, 'gone.sock'), port: 4000 })
    expect((await run('keys list')).code).toBe(0)
  })
})

test('an import that is stopped by a signal says how to go on', async () => {
  const { run, services, signals } = createTerminal()
  await writeFile(join(dir, 'e.ndjson'), '{"type":"identify","userId":"ada"}\n')
  services.accept = () => {
    signals.emit('SIGINT')
    return Promise.reject(new MonogramError('OVERLOADED', 'later'))
  }
  expect(await run('import e.ndjson')).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^monogram: IMPORT_INTERRUPTED: .* start it again to go on\n$/),
  })
})
