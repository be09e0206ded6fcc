import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { MonogramError } from '../../core/errors.ts'
import { silentLog } from '../../platform/log.ts'
import { callControl } from './control-client.ts'
import { createControlServer } from './control-server.ts'
import type { CommandContext, CommandHandlers } from './protocol.ts'
import { prepareControlSocketPath } from './socket-path.ts'

let dir: string
let socketPath: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'monogram-control-'))
  socketPath = await prepareControlSocketPath(dir)
})
afterEach(() => rm(dir, { recursive: true, force: true }))

function serve(handlers: CommandHandlers): Promise<AsyncDisposable> {
  return createControlServer({ socketPath, handlers, log: silentLog() })
}

function context(onProgress: (progress: unknown) => void = () => undefined): CommandContext {
  return { onProgress, signal: new AbortController().signal }
}

test('a command gets its arguments to the server, and progress and result back', async () => {
  await using _server = await serve({
    double: (args, { onProgress }) => {
      onProgress({ step: 1 })
      onProgress({ step: 2 })
      return Promise.resolve({ doubled: Number(args) * 2, text: 'ä\n"😀"' })
    },
  })
  const seen: unknown[] = []
  const answer = await callControl(
    socketPath,
    'double',
    21,
    context((progress) => seen.push(progress)),
  )
  expect(answer).toEqual({ result: { doubled: 42, text: 'ä\n"😀"' } })
  expect(seen).toEqual([{ step: 1 }, { step: 2 }])
})

test('only this user can reach the socket', async () => {
  await using _server = await serve({})
  expect((await stat(socketPath)).mode & 0o777).toBe(0o600)
  expect((await stat(join(dir, 'run'))).mode & 0o777).toBe(0o700)
})

test('errors keep their code; a bug is masked; an unknown command is told so', async () => {
  await using _server = await serve({
    known: () => Promise.reject(new MonogramError('KEY_UNKNOWN', 'no such key')),
    bug: () => Promise.reject(new Error('secret detail')),
  })
  await expect(callControl(socketPath, 'known', null, context())).rejects.toMatchObject({
    code: 'KEY_UNKNOWN',
    message: 'no such key',
  })
  await expect(callControl(socketPath, 'bug', null, context())).rejects.toMatchObject({
    code: 'INTERNAL',
    message: expect.not.stringContaining('secret'),
  })
  await expect(callControl(socketPath, 'knwon', null, context())).rejects.toMatchObject({
    code: 'USAGE',
    message: expect.stringContaining('did you mean known?'),
  })
})

test('a command whose client goes is stopped', async () => {
  let stopped: (() => void) | undefined
  const sawStop = new Promise<void>((resolve) => (stopped = resolve))
  const client = new AbortController()
  await using _server = await serve({
    long: async (_, { signal }) => {
      client.abort()
      await once(signal, 'abort')
      stopped?.()
    },
  })
  const call = callControl(socketPath, 'long', null, { onProgress: () => undefined, signal: client.signal })
  await expect(call).rejects.toThrow('aborted')
  await sawStop
})

test('a server that closes stops its commands, and their clients learn that it was not done', async () => {
  let began: (() => void) | undefined
  const beginning = new Promise<void>((resolve) => (began = resolve))
  const server = await serve({
    long: async (_, { signal }) => {
      began?.()
      await once(signal, 'abort')
    },
  })
  const call = callControl(socketPath, 'long', null, context())
  const outcome = expect(call).rejects.toMatchObject({ code: 'NOT_READY' })
  await beginning
  await server[Symbol.asyncDispose]()
  await outcome
  expect(await callControl(socketPath, 'long', null, context())).toBeNull()
})

test('what a killed server left behind hinders neither a client nor the next server', async () => {
  await writeFile(socketPath, '')
  expect(await callControl(socketPath, 'any', null, context())).toBeNull()
  await using _server = await serve({ any: () => Promise.resolve(1) })
  expect(await callControl(socketPath, 'any', null, context())).toEqual({ result: 1 })
})

test('nonsense and endless lines are refused without harm', async () => {
  await using _server = await serve({ any: () => Promise.resolve(1) })
  const nonsense = connect(socketPath)
  nonsense.write('not json\n')
  expect(String(await once(nonsense, 'data'))).toContain('"error"')
  const endless = connect(socketPath)
  endless.on('error', () => undefined)
  const closed = new Promise((resolve) => endless.on('close', resolve))
  endless.write('x'.repeat(3_000_000))
  await closed
  expect(await callControl(socketPath, 'any', null, context())).toEqual({ result: 1 })
})

test('a data folder with a long path has its socket elsewhere', async () => {
  const long = join(dir, 'x'.repeat(120))
  const path = await prepareControlSocketPath(long)
  expect(path.length).toBeLessThan(100)
  expect(await prepareControlSocketPath(long)).toBe(path)
  await rm(join(path, '..'), { recursive: true })
})
