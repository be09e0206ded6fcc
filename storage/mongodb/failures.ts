import {
  MongoBulkWriteError,
  MongoError,
  MongoNetworkError,
  MongoServerError,
  MongoServerSelectionError,
  MongoWriteConcernError,
  type BulkWriteResult,
} from 'mongodb'
import { MonogramError } from '../../core/errors.ts'
import { StorageError } from '../ports.ts'

/** What the driver threw as the error that the port promises. A TypeError is a bug of the caller and stays one. */
export function asStorageError(error: unknown): StorageError | TypeError {
  if (error instanceof StorageError || error instanceof TypeError) return error
  const text = error instanceof Error ? error.message : String(error)
  return new StorageError(`The store could not answer: ${text}`, {
    retryable: isRetryable(error),
    cause: error,
  })
}

export function closedError(): StorageError {
  return new StorageError('The store is closed.', { retryable: false })
}

/** Why the database cannot be opened, as an error for people. */
export function unusable(cause: unknown): MonogramError {
  if (cause instanceof MonogramError) return cause

  const { message } = asStorageError(cause)
  const hint =
    cause instanceof MongoServerSelectionError || !(cause instanceof MongoError)
      ? 'Check that the database runs, and of MONOGRAM_STORAGE_URL the hosts, the replica set, and tls=true where it speaks TLS.'
      : 'Check the user of MONOGRAM_STORAGE_URL and its rights.'
  return new MonogramError('STORAGE_UNAVAILABLE', `${message}. ${hint}`, { cause })
}

/**
 * Whether it may go better later: the database is away, changes its primary, or is short of time or connections. Not
 * what it refuses by itself: a document too large, a missing right, a command that it does not know.
 */
function isRetryable(error: unknown): boolean {
  if (error instanceof MongoNetworkError || error instanceof MongoServerSelectionError) return true
  if (error instanceof MongoWriteConcernError) return true
  if (error instanceof MongoBulkWriteError && (error.result.getWriteConcernError() || isUnanswered(error)))
    return true
  // The driver does not wrap what a socket says when it is written to.
  if (!(error instanceof MongoError)) return error instanceof Error && 'syscall' in error
  if (error.hasErrorLabel('RetryableWriteError') || error.hasErrorLabel('RetryableError')) return true
  if (error instanceof MongoServerError) return RETRYABLE_CODES.has(Number(error.code))
  return CLIENT_TIMEOUTS.has(error.name)
}

/**
 * A list of writes fails under this name also when the connection was lost: then no answer of a server is in it, and its
 * code, where it has one, is the system's (`ECONNRESET`).
 */
function isUnanswered({ code, writeErrors }: MongoBulkWriteError): boolean {
  return typeof code !== 'number' && [writeErrors].flat().length === 0
}

/** The driver's own refusals that pass: no connection came free in time, the pool was emptied after a failure. */
const CLIENT_TIMEOUTS: ReadonlySet<string> = new Set(['MongoWaitQueueTimeoutError', 'MongoPoolClearedError'])

/** https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml */
const CODE = {
  HostUnreachable: 6,
  HostNotFound: 7,
  LockTimeout: 24,
  CursorNotFound: 43,
  MaxTimeMSExpired: 50,
  WriteConcernTimeout: 64,
  NetworkTimeout: 89,
  ShutdownInProgress: 91,
  WriteConflict: 112,
  FailedToSatisfyReadPreference: 133,
  ReadConcernMajorityNotAvailableYet: 134,
  PooledConnectionsDropped: 145,
  NoConfigPrimary: 149,
  StaleEpoch: 150,
  QueryPlanKilled: 175,
  PrimarySteppedDown: 189,
  NetworkInterfaceExceededTimeLimit: 202,
  ElectionInProgress: 216,
  CursorKilled: 237,
  ExceededTimeLimit: 262,
  SocketException: 9001,
  NotWritablePrimary: 10_107,
  DuplicateKey: 11_000,
  InterruptedAtShutdown: 11_600,
  Interrupted: 11_601,
  InterruptedDueToReplStateChange: 11_602,
  StaleConfig: 13_388,
  NotPrimaryNoSecondaryOk: 13_435,
  NotPrimaryOrSecondary: 13_436,
  OutOfDiskSpace: 14_031,
} as const

const RETRYABLE_CODES: ReadonlySet<number> = new Set(
  Object.values(CODE).filter((code) => code !== CODE.DuplicateKey),
)

/**
 * The outcome of a list of independent writes: which of them met a document of their id that is there already. Any
 * other refusal, and a write whose durability the server does not vouch for, is thrown.
 */
export async function runBulk(
  write: () => Promise<BulkWriteResult>,
): Promise<{ result: BulkWriteResult; duplicates: Set<number> }> {
  try {
    return { result: await write(), duplicates: new Set() }
  } catch (error) {
    if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError()) throw error
    const errors = [error.writeErrors].flat()
    if (errors.length === 0 || errors.some(({ code }) => code !== CODE.DuplicateKey)) throw error
    return { result: error.result, duplicates: new Set(errors.map(({ index }) => index)) }
  }
}

export function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === CODE.DuplicateKey
}
