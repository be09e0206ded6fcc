import { asStorageError, closedError } from './failures.ts'
import type { Columns, Database, SqlValue } from './sqlite.ts'

/**
 * The connection that all reads go through, in the thread of those who ask. Each read is one statement that is
 * finished before anything else runs: it sees every commit before it, and never keeps the log file from being reused.
 */
export interface Reader {
  prepare<Row extends Columns>(sql: string): ReadStatement<Row>
  close(): void
}

/** Throws StorageError when the store is closed or SQLite fails. */
export interface ReadStatement<Row extends Columns> {
  get(...values: SqlValue[]): Row | undefined
  all(...values: SqlValue[]): Row[]
}

export function createReader(db: Database): Reader {
  db.exec('PRAGMA query_only = ON')
  let closed = false

  const guard = <T>(read: () => T): T => {
    if (closed) throw closedError()
    try {
      return read()
    } catch (error) {
      throw asStorageError(error)
    }
  }

  return {
    prepare: <Row extends Columns>(sql: string) => {
      const statement = db.prepare<Row>(sql)
      return {
        get: (...values) => guard(() => statement.get(...values)),
        all: (...values) => guard(() => statement.all(...values)),
      }
    },
    close: () => {
      closed = true
      db.close()
    },
  }
}
