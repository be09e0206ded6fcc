import { checkpoint, type LogPages } from './connection.ts'
import { asStorageError, isOwnFailure } from './failures.ts'
import type { Database } from './sqlite.ts'
import {
  writeOperations,
  type WriteArgument,
  type WriteName,
  type WriteOperations,
  type WriteResult,
} from './writes/operations.ts'

/** Where the stores send their writes. */
export interface Writer extends AsyncDisposable {
  /**
   * Resolves when the effect is durable. Rejects with StorageError when its effect is unknown; also at once, without
   * effect and retryable, when too many operations wait already.
   */
  run<N extends WriteName>(name: N, argument: WriteArgument<N>): Promise<WriteResult<N>>
  /** Operations that wait or are under way. */
  readonly waiting: number
}

/** One operation as plain data, so that it can be posted to another thread. */
export interface Operation {
  name: WriteName
  argument: unknown
}

/** What became of an operation, as plain data. */
export type Outcome = { ok: true; value: unknown } | { ok: false; message: string; retryable: boolean }

export interface WriterLimits {
  /** Operations that may wait; one more is refused. */
  maxQueuedOps: number
  /** Operations that share a transaction: bounds how long the first of them waits and how far the log file grows. */
  maxGroupOps: number
}

export const WRITER_LIMITS: WriterLimits = { maxQueuedOps: 1_024, maxGroupOps: 64 }

/** Carries out groups of operations, each group in one transaction. Never throws. */
export interface GroupWriter {
  /** Outcomes in the order of the operations; when it returns, all that succeeded is durable. */
  execute(operations: readonly Operation[]): Outcome[]
  /** See connection.ts; null when that fails, or nothing has been written yet. */
  checkpoint(mode: 'NOOP' | 'PASSIVE'): LogPages | null
  close(): void
}

/**
 * Group commit: many operations, one fsync. An operation's failure is its own: then the group is carried out again with a
 * savepoint for each, which costs a copy of every page and is kept for that. When the transaction itself fails (disk
 * full, I/O error), every operation of the group does, and the connection is thrown away with whatever state it was in:
 * closing rolls back, and the next group opens and so checks a new one.
 */
export function createGroupWriter(open: () => Database): GroupWriter {
  let session: Session | null = null
  return {
    execute: (operations) => {
      try {
        session ??= openSession(open)
        return commitGroup(session, operations)
      } catch (error) {
        const failed = failure(error)
        closeQuietly(session)
        session = null
        return operations.map(() => failed)
      }
    },
    checkpoint: (mode) => {
      try {
        return session && checkpoint(session.db, mode)
      } catch {
        // Whatever keeps the disk from taking it is told to the next who writes.
        return null
      }
    },
    close: () => session?.db.close(),
  }
}

interface Session {
  db: Database
  operations: WriteOperations
}

function openSession(open: () => Database): Session {
  const db = open()
  try {
    return { db, operations: writeOperations(db) }
  } catch (error) {
    db.close()
    throw error
  }
}

function commitGroup(session: Session, group: readonly Operation[]): Outcome[] {
  return commitWhole(session, group) ?? commitEach(session, group)
}

/** Null, and nothing done, when one of the operations failed. */
function commitWhole({ db, operations }: Session, group: readonly Operation[]): Outcome[] | null {
  db.exec('BEGIN IMMEDIATE')
  try {
    const outcomes = group.map((operation): Outcome => ({ ok: true, value: run(operations, operation) }))
    db.exec('COMMIT')
    return outcomes
  } catch (error) {
    if (!isOwnFailure(error) || !db.inTransaction()) throw error
    db.exec('ROLLBACK')
    return null
  }
}

function commitEach({ db, operations }: Session, group: readonly Operation[]): Outcome[] {
  db.exec('BEGIN IMMEDIATE')
  const outcomes = group.map((operation) => runOne(db, operations, operation))
  db.exec('COMMIT')
  return outcomes
}

function runOne(db: Database, operations: WriteOperations, operation: Operation): Outcome {
  db.exec('SAVEPOINT operation')
  try {
    const value = run(operations, operation)
    db.exec('RELEASE operation')
    return { ok: true, value }
  } catch (error) {
    if (!isOwnFailure(error) || !db.inTransaction()) throw error
    db.exec('ROLLBACK TO operation; RELEASE operation')
    return failure(error)
  }
}

function run(operations: WriteOperations, { name, argument }: Operation): unknown {
  return (operations[name] as (argument: unknown) => unknown)(argument)
}

function failure(error: unknown): Outcome {
  const failed = asStorageError(error)
  return { ok: false, message: failed.message, retryable: 'retryable' in failed && failed.retryable }
}

/** The failure that led here is what the callers are told; a second one from closing would only hide it. */
function closeQuietly(session: Session | null): void {
  try {
    session?.db.close()
  } catch {
    // The connection is given up either way.
  }
}
