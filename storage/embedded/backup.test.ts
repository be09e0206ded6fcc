import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { anEvent } from '../contract/documents.ts'
import { backupDataDir } from './backup.ts'
import { lockDataDir } from './lock.ts'
import { openEmbeddedStorage } from './open.ts'
import { restoreDataDir } from './restore.ts'

let dir: string
let dataDir: string
let target: string
let restored: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'monogram-backup-'))
  dataDir = join(dir, 'data')
  target = join(dir, 'backups', 'monday')
  restored = join(dir, 'restored')
})
afterEach(() => rm(dir, { recursive: true }))

const backup = () => backupDataDir({ dataDir, target, clock: () => 7 })
const restore = () => restoreDataDir({ from: target, dataDir: restored })

/** A data folder with one event and a secret. */
async function fillDataDir(): Promise<void> {
  await using storage = await openEmbeddedStorage({ dir: dataDir, writer: 'inline' })
  await storage.events.append([anEvent('a')])
  await writeFile(join(dataDir, 'secret'), 'the secret\n')
}

test('a backup taken while events come has all that were acknowledged before, and each later one whole or not at all', async () => {
  await using storage = await openEmbeddedStorage({ dir: dataDir, writer: 'thread' })
  const keys = (round: number) => Array.from({ length: 20 }, (_, i) => `${round}-${i}`)
  let rounds = 0
  const ended = new AbortController()
  const append = async () => {
    while (!ended.signal.aborted) await storage.events.append(keys(rounds++).map((key) => anEvent(key)))
  }
  await storage.events.append(keys(rounds++).map((key) => anEvent(key)))
  const senders = [append(), append(), append()]
  const before = rounds - senders.length
  await backup()
  ended.abort()
  await Promise.all(senders)
  await restore()

  await using again = await openEmbeddedStorage({ dir: restored, writer: 'inline' })
  for (let round = 0; round < rounds; round++) {
    const found = await again.events.get(keys(round))
    expect([0, 20]).toContain(found.length)
    if (round < before) expect(found).toHaveLength(20)
    for (const { body } of found) expect(body).toEqual(anEvent('a').body)
  }
})

test('brings the secret along, and says what is in it', async () => {
  await fillDataDir()
  expect(await backup()).toMatchObject({
    format: 1,
    createdAt: 7,
    files: [{ name: 'monogram.db' }, { name: 'secret', bytes: 11 }],
  })
  expect(await readdir(join(dir, 'backups'))).toEqual(['monday'])
  await restore()
  expect(await readFile(join(restored, 'secret'), 'utf8')).toBe('the secret\n')
})

test('never writes over a folder, and leaves nothing of a backup that failed', async () => {
  await mkdir(target, { recursive: true })
  await writeFile(join(target, 'mine'), '')
  await expect(backup()).rejects.toMatchObject({ code: 'BACKUP_TARGET_EXISTS' })
  await rm(join(target, 'mine'))

  // There is no database to copy.
  await mkdir(dataDir)
  await writeFile(
    join(dataDir, 'monogram.db'),
    'this is no database, but text that is long enough to be seen as none',
  )
  await expect(backup()).rejects.toMatchObject({ code: 'BACKUP_FAILED' })
  expect(await readdir(join(dir, 'backups'))).toEqual(['monday'])
  expect(await readdir(target)).toEqual([])

  await rm(dataDir, { recursive: true })
  await fillDataDir()
  await backup()
  expect(await readdir(target)).toContain('manifest.json')
})

test('restores into an empty folder only, that no process has open', async () => {
  await fillDataDir()
  await backup()
  const taken = restoreDataDir({ from: target, dataDir })
  await expect(taken).rejects.toMatchObject({ code: 'DATA_DIR_NOT_EMPTY' })
  {
    await using _lock = await lockDataDir(restored)
    await expect(restore()).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED' })
  }
  await restore()
  await expect(restore()).rejects.toMatchObject({ code: 'DATA_DIR_NOT_EMPTY' })
})

test('goes on after an interrupted restore', async () => {
  await fillDataDir()
  await backup()
  await mkdir(restored)
  await writeFile(join(restored, 'monogram.db.restoring'), 'half')
  await writeFile(join(restored, 'secret'), 'the secret\n')
  await restore()
  await using storage = await openEmbeddedStorage({ dir: restored, writer: 'inline' })
  expect(await storage.events.stats()).toMatchObject({ events: 1 })
})

test('refuses what is not as it was written, and changes nothing', async () => {
  await fillDataDir()
  const { files } = await backup()
  const manifest = JSON.parse(await readFile(join(target, 'manifest.json'), 'utf8')) as object
  const writeManifest = (fields: object) =>
    writeFile(join(target, 'manifest.json'), JSON.stringify({ ...manifest, ...fields }))

  await writeManifest({ schemaVersion: 9_999 })
  await expect(restore()).rejects.toMatchObject({ code: 'DATA_DIR_NEWER' })
  for (const wrong of [{ format: 2 }, { files: [] }, { files: [{ ...files[0], name: '../x' }] }]) {
    await writeManifest(wrong)
    await expect(restore()).rejects.toMatchObject({ code: 'BACKUP_INVALID' })
  }
  await writeManifest({})
  await truncate(join(target, 'monogram.db'), 4_096)
  await expect(restore()).rejects.toMatchObject({
    code: 'BACKUP_INVALID',
    message: /monogram\.db is not what/,
  })
  await rm(join(target, 'manifest.json'))
  await expect(restore()).rejects.toMatchObject({ code: 'BACKUP_INVALID' })
  await expect(readdir(restored)).rejects.toMatchObject({ code: 'ENOENT' })
})
