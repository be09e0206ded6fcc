import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { endWithThisProcess } from '../../bench/support/end-with-this-process.ts'
import { lockDataDir, readLockInfo, writeLockInfo } from './lock.ts'

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'monogram-'))
})
afterEach(() => rm(dir, { recursive: true }))

test('makes the folder and holds it for one opener until it is let go', async () => {
  const folder = join(dir, 'new', 'data')
  const lock = await lockDataDir(folder)
  await expect(lockDataDir(folder)).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED' })
  await lock[Symbol.asyncDispose]()
  await lock[Symbol.asyncDispose]()
  await using again = await lockDataDir(folder)
  expect(again).toBeDefined()
})

test('tells a second opener the folder, and who holds it by the lock information', async () => {
  await using lock = await lockDataDir(dir)
  expect(lock).toBeDefined()
  await expect(lockDataDir(dir)).rejects.toThrow(`The data folder ${dir} is open in another process.`)
  await writeLockInfo(dir, { pid: 4711, socket: '/run/control.sock', port: 4000 })
  const refused = lockDataDir(dir)
  await expect(refused).rejects.toThrow('process 4711 (control socket /run/control.sock)')
  await expect(refused).rejects.toMatchObject({ details: { dir, pid: 4711, socket: '/run/control.sock' } })
})

test('lock information is for its owner alone, and gone with the lock', async () => {
  const lock = await lockDataDir(dir)
  const info = { pid: process.pid, socket: null, port: null }
  await writeLockInfo(dir, info)
  expect(await readLockInfo(dir)).toEqual(info)
  expect((await stat(join(dir, 'monogram.lock'))).mode & 0o777).toBe(0o600)
  await lock[Symbol.asyncDispose]()
  expect(await readLockInfo(dir)).toBeNull()
  expect(await readdir(dir)).toEqual(['lock.db'])
})

test.each(['', 'not json', '[]', 'null', '{"pid":"7"}'])(
  'lock information %j is as good as none',
  async (text) => {
    await writeFile(join(dir, 'monogram.lock'), text)
    expect(await readLockInfo(dir)).toBeNull()
  },
)

test('is released when its holder is killed, whatever that left behind', async () => {
  const holder = await startHolder()
  await expect(lockDataDir(dir)).rejects.toThrow(`process ${holder.pid}`)
  holder.kill('SIGKILL')
  await once(holder, 'exit')
  expect(await readLockInfo(dir)).toMatchObject({ pid: holder.pid })
  await using lock = await lockDataDir(dir)
  expect(lock).toBeDefined()
  expect(await readLockInfo(dir)).toBeNull()
})

/** Another process that takes the lock, says so, and stays. */
async function startHolder(): Promise<ChildProcess> {
  const module = new URL('../../dist/storage/embedded/lock.js', import.meta.url).href
  const script = `
    const { lockDataDir, writeLockInfo } = await import(${JSON.stringify(module)})
    await lockDataDir(${JSON.stringify(dir)})
    await writeLockInfo(${JSON.stringify(dir)}, { pid: process.pid, socket: null, port: null })
    console.log('held')
    setInterval(() => {}, 1_000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  endWithThisProcess(child)
  await once(child.stdout, 'data')
  return child
}
