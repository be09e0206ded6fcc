import { MonogramError } from '../../core/errors.ts'
import type { Clock } from '../../platform/clock.ts'
import { firstTables } from './migrations/0001-first-tables.ts'
import { eventCare } from './migrations/0002-event-care.ts'
import { foldVersions } from './migrations/0003-fold-versions.ts'
import { identityDecisions } from './migrations/0004-identity-decisions.ts'
import { unpublishedChanges } from './migrations/0005-unpublished-changes.ts'
import { boundedState } from './migrations/0006-bounded-state.ts'
import { workBesideRows } from './migrations/0007-work-beside-rows.ts'
import type { Database } from './sqlite.ts'

/** One step of the schema. Once released it never changes; what comes next is another step. */
export interface Migration {
  /** Rises by one; kept in the file as `user_version`. */
  version: number
  name: string
  sql: string
  /** What SQL cannot do; runs after it, in the same transaction. */
  run?: (db: Database) => void
}

export const MIGRATIONS: readonly Migration[] = [
  firstTables,
  eventCare,
  foldVersions,
  identityDecisions,
  unpublishedChanges,
  boundedState,
  workBesideRows,
]

/**
 * Brings the file to the newest version, each step in a transaction of its own, so that an interrupted start goes on
 * where it stopped. There is no way back: a file that a newer Monogram wrote is DATA_DIR_NEWER and stays untouched.
 */
export function migrate(
  db: Database,
  options: { file: string; clock: Clock; migrations?: readonly Migration[] },
): void {
  const migrations = options.migrations ?? MIGRATIONS
  const newest = migrations.at(-1)?.version ?? 0
  const found = readVersion(db)
  if (found > newest) throw newerFile(options.file, found, newest)
  for (const migration of migrations) {
    if (migration.version > found) apply(db, migration, options.clock)
  }
}

function apply(db: Database, migration: Migration, clock: Clock): void {
  db.exec('BEGIN IMMEDIATE')
  try {
    if (readVersion(db) < migration.version) {
      db.exec(migration.sql)
      migration.run?.(db)
      db.prepare('INSERT INTO migrations (version, name, applied_at) VALUES (?, ?, ?)').run(
        migration.version,
        migration.name,
        clock(),
      )
      db.exec(`PRAGMA user_version = ${migration.version}`)
    }
    db.exec('COMMIT')
  } catch (error) {
    if (db.inTransaction()) db.exec('ROLLBACK')
    throw error
  }
}

function readVersion(db: Database): number {
  return db.prepare<[version: number]>('PRAGMA user_version').get()?.[0] ?? 0
}

function newerFile(file: string, found: number, newest: number): MonogramError {
  return new MonogramError(
    'DATA_DIR_NEWER',
    `${file} has schema version ${found}; this Monogram knows versions up to ${newest}. ` +
      'Nothing was changed. Start the newer Monogram that wrote it, or give another data folder.',
    { details: { file, found, newest } },
  )
}
