import { existsSync } from 'node:fs'
import { readdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { MonogramError } from '../../core/errors.ts'
import {
  checkFile,
  DATABASE_NAME,
  readManifest,
  SECRET_NAME,
  type BackupFile,
  type BackupManifest,
} from './backup-manifest.ts'
import { copyDurably, syncPath } from './durable-files.ts'
import { lockDataDir } from './lock.ts'
import { MIGRATIONS } from './migrations.ts'

/**
 * Makes a backup the data folder. The folder must have no data, and no process may have it open; the database gets its
 * name last, so an interrupted restore leaves no data folder, and is started again.
 *
 * @throws MonogramError BACKUP_INVALID, DATA_DIR_NEWER, DATA_DIR_NOT_EMPTY, DATA_DIR_LOCKED
 */
export async function restoreDataDir(options: { from: string; dataDir: string }): Promise<BackupManifest> {
  const { from, dataDir } = options
  const manifest = await readManifest(from)
  requireKnown(manifest, from)
  await requireEmpty(dataDir, manifest)
  for (const file of manifest.files) await checkFile(from, file)

  const lock = await lockDataDir(dataDir)
  try {
    await requireEmpty(dataDir, manifest)
    await copyAll(manifest, from, dataDir)
  } finally {
    await lock[Symbol.asyncDispose]()
  }
  return manifest
}

async function copyAll({ files }: BackupManifest, from: string, dataDir: string): Promise<void> {
  for (const file of files) {
    const partial = { ...file, name: `${file.name}${PARTIAL}` }
    await copyDurably(join(from, file.name), join(dataDir, partial.name))
    await checkFile(dataDir, partial)
  }
  const names = files.map(({ name }) => name).filter((name) => name !== DATABASE_NAME)
  for (const name of [...names, DATABASE_NAME]) {
    await rename(join(dataDir, `${name}${PARTIAL}`), join(dataDir, name))
    await syncPath(dataDir)
  }
}

/** What an interrupted restore leaves. */
const PARTIAL = '.restoring'

function requireKnown({ schemaVersion }: BackupManifest, from: string): void {
  const newest = MIGRATIONS.at(-1)?.version ?? 0
  if (schemaVersion <= newest) return
  throw new MonogramError(
    'DATA_DIR_NEWER',
    `${from} has schema version ${schemaVersion}; this Monogram knows versions up to ${newest}. ` +
      'Nothing was restored. Restore it with the newer Monogram that wrote it.',
    { details: { found: schemaVersion, newest } },
  )
}

async function requireEmpty(dataDir: string, { files }: BackupManifest): Promise<void> {
  if (!existsSync(dataDir)) return
  const secret = files.find(({ name }) => name === SECRET_NAME)
  const begun = secret !== undefined && (await isSame(dataDir, secret))
  const found = (await readdir(dataDir)).filter(
    (name) => !name.startsWith('lock.db') && !name.endsWith(PARTIAL) && !(begun && name === SECRET_NAME),
  )
  if (found.length === 0) return
  throw new MonogramError(
    'DATA_DIR_NOT_EMPTY',
    `The data folder ${dataDir} is not empty (${found.slice(0, 3).join(', ')}): a backup is restored into an ` +
      'empty one. Move it away, or give another folder (MONOGRAM_DATA_DIR).',
  )
}

function isSame(dataDir: string, file: BackupFile): Promise<boolean> {
  return checkFile(dataDir, file).then(
    () => true,
    () => false,
  )
}
