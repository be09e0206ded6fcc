import { MonogramError } from '../../core/errors.ts'
import { openDatabase, type Database } from './sqlite.ts'

/**
 * A connection as Monogram runs it. The reader may write only until `PRAGMA query_only` is set, after migrating. Its
 * cache is small on purpose: a commit by the writer empties it, and the operating system's cache is behind it anyway.
 * Each copies the log into the file itself when it has grown long, unless that is done `elsewhere`.
 */
export function openConnection(
  file: string,
  role: 'reader' | 'writer',
  checkpoints: 'own' | 'elsewhere' = 'own',
): Database {
  const db = openDatabase(file, { busyTimeoutMs: 2_000 })
  try {
    requireFixedSqlite(db)
    requireWal(db, file)
    db.exec(`
      PRAGMA synchronous = FULL;
      PRAGMA foreign_keys = ON;
      PRAGMA temp_store = MEMORY;
      PRAGMA cache_size = -${role === 'writer' ? WRITER_CACHE_KIB : READER_CACHE_KIB};
      PRAGMA wal_autocheckpoint = ${checkpoints === 'own' ? CHECKPOINT_PAGES : 0};
      PRAGMA journal_size_limit = ${MAX_IDLE_WAL_BYTES};
    `)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

export interface LogPages {
  /** In the log file. */
  log: number
  /** Of these the first, which are in the database file as well. */
  copied: number
}

/**
 * How much of the log is copied into the database file: after copying what no reader holds back (`PASSIVE`), which waits
 * for nobody, or as it is (`NOOP`).
 */
export function checkpoint(db: Database, mode: 'NOOP' | 'PASSIVE'): LogPages {
  const row = db.prepare<[busy: number, log: number, copied: number]>(`PRAGMA wal_checkpoint(${mode})`).get()
  const [, log = 0, copied = 0] = row ?? []
  return { log, copied }
}

const WRITER_CACHE_KIB = 32_768
const READER_CACHE_KIB = 8_192
/** 16 MB: pages that many events touch (indexes, ends of tables) are copied into the file once for all of them. */
const CHECKPOINT_PAGES = 4_000
const MAX_IDLE_WAL_BYTES = 64 * 1024 * 1024

/** Below 3.51.3 two connections that checkpoint at once can lose commits (https://sqlite.org/wal.html#walresetbug). */
function requireFixedSqlite(db: Database): void {
  const version = db.prepare<[version: string]>('SELECT sqlite_version()').get()?.[0] ?? 'unknown'
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number)
  if (major * 1_000_000 + minor * 1_000 + patch >= 3_051_003) return
  throw new MonogramError(
    'STORAGE_UNAVAILABLE',
    `SQLite ${version} was found; 3.51.3 or later is needed, since earlier ones can lose commits. ` +
      'Install the dependencies anew, or use a newer Node.',
  )
}

/** Where it cannot have it (some network file systems), SQLite keeps another mode and says so only in the answer. */
function requireWal(db: Database, file: string): void {
  const mode = db.prepare<[mode: string]>('PRAGMA journal_mode = WAL').get()?.[0]
  if (mode === 'wal') return
  throw new MonogramError(
    'STORAGE_UNAVAILABLE',
    `${file} cannot have a write-ahead log here (its mode stays "${mode}"). Put the data folder on a local disk.`,
  )
}
