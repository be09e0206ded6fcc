import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { MonogramError } from '../../core/errors.ts'

/** What is in a backup, beside its files. */
export interface BackupManifest {
  format: 1
  /** Of the database: a Monogram that knows no such version cannot restore it. */
  schemaVersion: number
  /** Epoch milliseconds. */
  createdAt: number
  files: BackupFile[]
}

export interface BackupFile {
  name: string
  bytes: number
  /** In hex, as `sha256sum` prints it. */
  sha256: string
}

export const MANIFEST_NAME = 'manifest.json'
export const DATABASE_NAME = 'monogram.db'
/** Without it the keys of the deployment are worth nothing; absent where MONOGRAM_SECRET is set. */
export const SECRET_NAME = 'secret'

/** @throws MonogramError BACKUP_INVALID when there is none, or it is none that this version knows */
export async function readManifest(dir: string): Promise<BackupManifest> {
  const path = join(dir, MANIFEST_NAME)
  try {
    const manifest = JSON.parse(await readFile(path, 'utf8')) as Partial<BackupManifest> | null
    if (manifest?.format === 1 && isWhole(manifest)) return manifest as BackupManifest
  } catch (cause) {
    throw invalid(`${path} cannot be read as the manifest of a backup`, cause)
  }
  throw invalid(`${path} is not the manifest of a backup that this version knows`)
}

/** @throws MonogramError BACKUP_INVALID when the file is not the one that was backed up */
export async function checkFile(dir: string, { name, bytes, sha256 }: BackupFile): Promise<void> {
  const path = join(dir, name)
  const found = await describeFile(dir, name).catch((cause: unknown) => {
    throw invalid(`${path} cannot be read`, cause)
  })
  if (found.bytes === bytes && found.sha256 === sha256) return
  throw invalid(
    `${path} is not what was backed up: expected ${bytes} bytes with SHA-256 ${sha256}, ` +
      `got ${found.bytes} bytes with ${found.sha256}`,
  )
}

export async function describeFile(dir: string, name: string): Promise<BackupFile> {
  const path = join(dir, name)
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return { name, bytes: (await stat(path)).size, sha256: hash.digest('hex') }
}

function invalid(problem: string, cause?: unknown): MonogramError {
  return new MonogramError('BACKUP_INVALID', `${problem}. Nothing was restored; take another backup.`, {
    cause,
  })
}

function isWhole({ schemaVersion, createdAt, files }: Partial<BackupManifest>): boolean {
  const known = new Set([DATABASE_NAME, SECRET_NAME])
  return (
    Number.isInteger(schemaVersion) &&
    Number.isInteger(createdAt) &&
    Array.isArray(files) &&
    files.some(({ name }) => name === DATABASE_NAME) &&
    files.every(
      ({ name, bytes, sha256 }) => known.has(name) && Number.isInteger(bytes) && typeof sha256 === 'string',
    )
  )
}
