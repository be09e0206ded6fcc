import { access, constants, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MonogramError } from '../../core/errors.ts'
import { inDataFolder } from '../../platform/data-folder.ts'
import { openDatabase, sqliteErrorCode, type Database } from './sqlite.ts'

/** What the process that has the folder open tells others: for people and commands, never for deciding who holds it. */
export interface LockInfo {
  pid: number
  /** Path of the control socket; null when it has none. */
  socket: string | null
  /** TCP port of the server; null when it does not serve. */
  port: number | null
}

/**
 * Takes the data folder for this process alone, until it is disposed of or the process ends in whatever way: the lock
 * is the operating system's, on a small database held in an exclusive transaction, so nothing stale can stay behind.
 * Rejects with DATA_DIR_LOCKED, naming the holder, when another process (or this one) has it.
 */
export async function lockDataDir(dir: string): Promise<AsyncDisposable> {
  await inDataFolder(dir, async () => {
    await mkdir(dir, { recursive: true, mode: 0o700 })
    await access(dir, constants.W_OK)
  })
  const db = takeLock(join(dir, 'lock.db'))
  if (!db) throw lockedError(dir, await readLockInfo(dir))
  held.add(db)
  // Whoever wrote this is gone without removing it.
  await rm(infoFile(dir), { force: true })
  return {
    [Symbol.asyncDispose]: async () => {
      if (!held.delete(db)) return
      await rm(infoFile(dir), { force: true })
      db.close()
    },
  }
}

/** For the holder of the lock: says how to reach it. */
export async function writeLockInfo(dir: string, info: LockInfo): Promise<void> {
  const written = `${infoFile(dir)}.${info.pid}`
  await writeFile(written, `${JSON.stringify(info)}\n`, { mode: 0o600 })
  await rename(written, infoFile(dir))
}

/** What the present or last holder wrote; null when there is nothing that can be read. It may be out of date. */
export async function readLockInfo(dir: string): Promise<LockInfo | null> {
  try {
    return parseInfo(JSON.parse(await readFile(infoFile(dir), 'utf8')))
  } catch {
    return null
  }
}

/** A connection that is collected as garbage would let go of its lock. */
const held = new Set<Database>()
const SQLITE_BUSY = 5

/** Null when somebody else has it. */
function takeLock(file: string): Database | null {
  const db = openDatabase(file, { busyTimeoutMs: 0 })
  try {
    db.exec('BEGIN EXCLUSIVE')
    return db
  } catch (error) {
    db.close()
    if (sqliteErrorCode(error) === SQLITE_BUSY) return null
    throw error
  }
}

function infoFile(dir: string): string {
  return join(dir, 'monogram.lock')
}

function parseInfo(value: unknown): LockInfo | null {
  if (typeof value !== 'object' || value === null) return null
  const { pid, socket, port } = value as Partial<Record<keyof LockInfo, unknown>>
  if (typeof pid !== 'number') return null
  return {
    pid,
    socket: typeof socket === 'string' ? socket : null,
    port: typeof port === 'number' ? port : null,
  }
}

function lockedError(dir: string, holder: LockInfo | null): MonogramError {
  const who = holder
    ? `process ${holder.pid}${holder.socket === null ? '' : ` (control socket ${holder.socket})`}`
    : 'another process'
  return new MonogramError(
    'DATA_DIR_LOCKED',
    `The data folder ${dir} is open in ${who}. Stop that process, or give this one another folder (MONOGRAM_DATA_DIR).`,
    { details: { dir, pid: holder?.pid ?? null, socket: holder?.socket ?? null } },
  )
}
