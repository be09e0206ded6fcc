import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../platform/log.ts'
import { openStorage } from './open-storage.ts'

let dataDir: string
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'monogram-'))
})
afterEach(() => rm(dataDir, { recursive: true }))

test.each([undefined, '', 'file:'])('opens the embedded store for the url %j', async (url) => {
  await using storage = await openStorage({ dataDir, url, log: silentLog() })
  await storage.ready()
  expect(existsSync(join(dataDir, 'monogram.db'))).toBe(true)
})

test.each([
  ['mongo://ada:secret@db/monogram', '"mongo:…"'],
  ['postgres://ada:secret@db/monogram', '"postgres:…"'],
  ['ada:secret@db', '"ada:…"'],
  ['db', 'something that is no URL'],
])('refuses %j, says what is expected, and shows no password', async (url, given) => {
  const open = openStorage({ dataDir, url, log: silentLog() })
  await expect(open).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: `MONOGRAM_STORAGE_URL: expected mongodb://…, file: or nothing, got ${given}`,
  })
})

test.each([
  ['mongodb://ada:s3cret@', 'cannot be read'],
  ['mongodb://ada:s3cret@db:99999/monogram', 'cannot be read'],
  ['mongodb://ada:s3c/ret@db/monogram', 'cannot be read'],
  ['mongodb://ada:s3cret@db/monogram?nonsense=1', 'nonsense'],
  ['mongodb://ada:s3cret@db/monogram?w=1', 'expected w=majority or nothing, got w=1'],
  ['mongodb://ada:s3cret@db/?readPreference=secondary', 'expected readPreference=primary or nothing'],
  ['mongodb://ada:s3cret@db/?retryWrites=false&w=majority', 'expected retryWrites=true or nothing'],
])('refuses %j, says why, and shows no password', async (url, reason) => {
  const open = openStorage({ dataDir, url, log: silentLog() })
  await expect(open).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  await expect(open).rejects.toThrow(reason)
  await expect(open).rejects.not.toThrow(/s3c|ret@/)
})

test('says so when no database answers, in time, and shows no password', async () => {
  const url = 'mongodb://ada:s3cret@127.0.0.1:9/monogram?serverSelectionTimeoutMS=200'
  const open = openStorage({ dataDir, url, log: silentLog() })
  await expect(open).rejects.toMatchObject({ code: 'STORAGE_UNAVAILABLE' })
  await expect(open).rejects.toThrow('127.0.0.1:9')
  await expect(open).rejects.not.toThrow('s3cret')
})

test('refuses a path in the url and names the setting for it', async () => {
  const open = openStorage({ dataDir, url: 'file:///var/lib/monogram', log: silentLog() })
  await expect(open).rejects.toThrow('the folder is given by MONOGRAM_DATA_DIR, so write file: alone')
})
