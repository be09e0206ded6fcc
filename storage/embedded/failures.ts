import { StorageError } from '../ports.ts'
import { sqliteErrorCode } from './sqlite.ts'

/** What the driver threw as the error that the port promises. A TypeError is a bug of the caller and stays one. */
export function asStorageError(error: unknown): StorageError | TypeError {
  if (error instanceof StorageError) return error
  const code = sqliteErrorCode(error)
  if (code === null && error instanceof TypeError) return error
  const text = error instanceof Error ? error.message : String(error)
  return new StorageError(`The store could not answer: ${text}`, {
    retryable: code !== null && RETRYABLE.has(code),
    cause: error,
  })
}

/**
 * Whether an error concerns one operation alone, so that the others of its transaction may go on: a value or a
 * constraint that SQLite refuses. All else (full, I/O, locked, corrupt, out of memory) puts the connection in doubt.
 */
export function isOwnFailure(error: unknown): boolean {
  const code = sqliteErrorCode(error)
  return code === null ? error instanceof TypeError : OWN.has(code)
}

export function closedError(): StorageError {
  return new StorageError('The store is closed.', { retryable: false })
}

/** https://sqlite.org/rescode.html */
const SQLITE = {
  ERROR: 1,
  BUSY: 5,
  LOCKED: 6,
  NOMEM: 7,
  READONLY: 8,
  INTERRUPT: 9,
  IOERR: 10,
  FULL: 13,
  CANTOPEN: 14,
  PROTOCOL: 15,
  TOOBIG: 18,
  CONSTRAINT: 19,
  MISMATCH: 20,
} as const

const OWN: ReadonlySet<number> = new Set([SQLITE.ERROR, SQLITE.TOOBIG, SQLITE.CONSTRAINT, SQLITE.MISMATCH])
const RETRYABLE: ReadonlySet<number> = new Set([
  SQLITE.BUSY,
  SQLITE.LOCKED,
  SQLITE.NOMEM,
  SQLITE.READONLY,
  SQLITE.INTERRUPT,
  SQLITE.IOERR,
  SQLITE.FULL,
  SQLITE.CANTOPEN,
  SQLITE.PROTOCOL,
])
