import type { DatabaseSyncInstance } from '@photostructure/sqlite'
import { assertText } from '../values.ts'

/**
 * The only file that knows the driver. Drivers of this API quietly turn what they cannot keep into something else: a
 * missing parameter and NaN into NULL, a Date into NULL, `true` into 1, text with a NUL into its first part, a lone
 * surrogate into U+FFFD. Here each of them is a TypeError before SQLite sees anything.
 */
export function openDatabase(file: string, options: { busyTimeoutMs: number }): Database {
  const connection = new DatabaseSync(file, { timeout: options.busyTimeoutMs })
  return {
    prepare: <Row extends Columns>(sql: string) => prepareStrict<Row>(connection, sql),
    exec: (sql) => connection.exec(sql),
    inTransaction: () => connection.isTransaction,
    close: () => {
      if (connection.isOpen) connection.close()
    },
  }
}

export type SqlValue = string | number | null
/** A row as a list: a third faster to make than an object. */
export type Columns = readonly SqlValue[]

export interface Database {
  /** `Row` is what the columns are read as, in their order: the caller's word for it. */
  prepare<Row extends Columns = []>(sql: string): Statement<Row>
  exec(sql: string): void
  inTransaction(): boolean
  close(): void
}

/** Throws TypeError for values that cannot be kept, and the driver's error when SQLite refuses or fails. */
export interface Statement<Row extends Columns> {
  get(...values: SqlValue[]): Row | undefined
  all(...values: SqlValue[]): Row[]
  run(...values: SqlValue[]): { changes: number; lastInsertRowid: number }
}

/** SQLite's primary result code of an error that the driver threw; null for any other error. */
export function sqliteErrorCode(error: unknown): number | null {
  const code = error instanceof Error ? (error as { errcode?: unknown }).errcode : undefined
  return typeof code === 'number' ? code & 0xff : null
}

type Driver = new (file: string, options: { timeout: number }) => DatabaseSyncInstance
const DatabaseSync = await loadDriver()

/** From 22.23 on Node brings a SQLite without the WAL-reset bug; before, the same API comes from a package. */
async function loadDriver(): Promise<Driver> {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 22 || (major === 22 && minor >= 23)) {
    const builtIn = process.getBuiltinModule('node:sqlite') as { DatabaseSync: Driver } | undefined
    if (builtIn) return builtIn.DatabaseSync
  }
  return (await import('@photostructure/sqlite')).DatabaseSync
}

function prepareStrict<Row extends Columns>(connection: DatabaseSyncInstance, sql: string): Statement<Row> {
  const statement = connection.prepare(sql)
  statement.setReturnArrays(true)
  const expected = countParameters(sql)
  const check = (values: readonly SqlValue[]): void => {
    if (values.length !== expected) {
      throw new TypeError(`${expected} parameters expected, ${values.length} given: ${sql}`)
    }
    for (let i = 0; i < expected; i++) assertBindable(values[i], i + 1)
  }
  return {
    get: (...values) => {
      check(values)
      return statement.get(...values) as Row | undefined
    },
    all: (...values) => {
      check(values)
      return statement.all(...values) as Row[]
    },
    run: (...values) => {
      check(values)
      const { changes, lastInsertRowid } = statement.run(...values)
      return { changes, lastInsertRowid: Number(lastInsertRowid) }
    },
  }
}

function assertBindable(value: unknown, position: number): void {
  if (typeof value === 'string') assertText(value, `parameter ${position}`)
  else if (typeof value === 'number' ? !Number.isFinite(value) : value !== null) {
    throw new TypeError(`parameter ${position}: expected text, a finite number or null, got ${String(value)}`)
  }
}

/** Of `?` the number, of `?N` the highest N, outside quoted text. */
function countParameters(sql: string): number {
  let count = 0
  for (const [, number] of sql.replaceAll(/'[^']*'/g, "''").matchAll(/\?(\d*)/g)) {
    count = number ? Math.max(count, Number(number)) : count + 1
  }
  return count
}
