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

test('refuses another url, says what is expected, and shows no password', async () => {
  const open = openStorage({ dataDir, url: 'mongodb://ada:secret@db/monogram', log: silentLog() })
  await expect(open).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message:
      'MONOGRAM_STORAGE_URL: expected file: or nothing, got "mongodb:…"; mongodb:// comes with the distributed mode',
  })
})

test('refuses a path in the url and names the setting for it', async () => {
  const open = openStorage({ dataDir, url: 'file:///var/lib/monogram', log: silentLog() })
  await expect(open).rejects.toThrow('the folder is given by MONOGRAM_DATA_DIR, so write file: alone')
})
