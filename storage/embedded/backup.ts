import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { MonogramError } from '../../core/errors.ts'
import type { Clock } from '../../platform/clock.ts'
import type { BackupThreadData } from './backup-thread.ts'
import {
  DATABASE_NAME,
  describeFile,
  MANIFEST_NAME,
  SECRET_NAME,
  type BackupManifest,
} from './backup-manifest.ts'
import { openConnection } from './connection.ts'
import { copyDurably, syncPath } from './durable-files.ts'

export interface BackupOptions {
  dataDir: string
  /** Absolute; does not exist, or is an empty folder. */
  target: string
  clock: Clock
}

/**
 * Copies the store, as it is at one instant, into a folder, while everything goes on. Everything is on the disk under
 * another name before the folder gets its own: under that there never is half a backup.
 *
 * @throws MonogramError BACKUP_TARGET_EXISTS, BACKUP_FAILED
 */
export async function backupDataDir({ dataDir, target, clock }: BackupOptions): Promise<BackupManifest> {
  await requireFree(target)
  await mkdir(dirname(target), { recursive: true })
  const partial = await mkdtemp(join(dirname(target), `.${basename(target)}.partial-`))
  try {
    const manifest = await fill(partial, dataDir, clock())
    await rename(partial, target)
    await syncPath(dirname(target))
    return manifest
  } catch (cause) {
    await rm(partial, { recursive: true, force: true })
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new MonogramError('BACKUP_FAILED', `${target} was not written: ${reason}. Check its disk.`, {
      cause,
    })
  }
}

async function requireFree(target: string): Promise<void> {
  if (!existsSync(target)) return
  const entries = await readdir(target).catch(() => null)
  if (entries?.length === 0) return
  throw new MonogramError(
    'BACKUP_TARGET_EXISTS',
    `${target} is there already; a backup goes into a folder of its own: give another name`,
  )
}

async function fill(folder: string, dataDir: string, createdAt: number): Promise<BackupManifest> {
  await copyDatabase(join(dataDir, DATABASE_NAME), join(folder, DATABASE_NAME))
  const names = [DATABASE_NAME]
  const secret = join(dataDir, SECRET_NAME)
  if (existsSync(secret)) {
    await copyDurably(secret, join(folder, SECRET_NAME))
    names.push(SECRET_NAME)
  }
  const files = await Promise.all(names.map((name) => describeFile(folder, name)))
  const schemaVersion = readSchemaVersion(join(dataDir, DATABASE_NAME))
  const manifest: BackupManifest = { format: 1, schemaVersion, createdAt, files }
  const path = join(folder, MANIFEST_NAME)
  await writeFile(path, `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600 })
  await syncPath(path)
  await syncPath(folder)
  return manifest
}

/** In a thread: the copy takes as long as the disk does. */
async function copyDatabase(file: string, into: string): Promise<void> {
  const worker = new Worker(threadFile(), {
    workerData: { file, into } satisfies BackupThreadData,
    execArgv: [],
  })
  const [exitCode] = (await once(worker, 'exit')) as [number]
  if (exitCode !== 0) throw new Error(`copying the database ended with ${exitCode}`)
  await chmod(into, 0o600)
  await syncPath(into)
}

function readSchemaVersion(file: string): number {
  const db = openConnection(file, 'reader')
  try {
    return db.prepare<[version: number]>('PRAGMA user_version').get()?.[0] ?? 0
  } finally {
    db.close()
  }
}

/** Node runs compiled threads only: started from the sources (tests), the thread comes out of `dist/`. */
function threadFile(): string {
  const file = import.meta.url.endsWith('.ts')
    ? new URL('../../dist/storage/embedded/backup-thread.js', import.meta.url)
    : new URL('backup-thread.js', import.meta.url)
  return fileURLToPath(file)
}
