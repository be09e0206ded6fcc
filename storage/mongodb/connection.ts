import { MongoClient, type Db, type Document, type MongoClientOptions } from 'mongodb'
import { MonogramError } from '../../core/errors.ts'

/** Hears of each command when it is sent: `find`, and what it says. */
export type OnCommand = (name: string, command: Document) => void

export interface Connection {
  client: MongoClient
  db: Db
  /** After which the server gives up a read: before the driver gives up its connection over it. */
  maxReadMs: number
}

/** The name of the database where the URL names none. */
const DATABASE = 'monogram'

/**
 * What an acknowledgement rests on: a write is on the disks of the majority, and a read sees only such writes, from the
 * primary. No URL may say otherwise.
 */
const PROMISES = {
  writeConcern: { w: 'majority', journal: true, wtimeoutMS: 2_500 },
  readConcern: { level: 'majority' },
  readPreference: 'primary',
  retryWrites: true,
  retryReads: true,
} as const satisfies MongoClientOptions

/**
 * What a URL may set otherwise, times to between MIN_MS and MAX_MS. They are short, so that whoever asks learns in time that the database is away. A
 * connection that died without a word is only found out by `socketTimeoutMS`: with it and one more try everything works
 * within five seconds. No call takes so long that is well: calls are of bounded size, and indexes are waited for otherwise.
 */
const DEFAULTS = {
  appName: 'monogram',
  serverSelectionTimeoutMS: 2_000,
  connectTimeoutMS: 2_000,
  socketTimeoutMS: 3_000,
  waitQueueTimeoutMS: 2_000,
  heartbeatFrequencyMS: 2_000,
  maxPoolSize: 50,
  minPoolSize: 2,
  maxConnecting: 4,
  maxIdleTimeMS: 300_000,
} as const satisfies MongoClientOptions

const MIN_MS = 100
/** A write waits for a server, a connection and an answer: how long that is at most, MAX_LATE_MS counts with. */
const MAX_MS = 8_000

const TIMES: ReadonlySet<string> = new Set(
  ['serverSelectionTimeoutMS', 'connectTimeoutMS', 'socketTimeoutMS', 'waitQueueTimeoutMS'].map((name) =>
    name.toLowerCase(),
  ),
)

/** Options of a URL that would weaken what an acknowledgement means, and the only values that they may have. */
const FIXED: ReadonlyMap<string, string> = new Map([
  ['w', 'majority'],
  ['journal', 'true'],
  ['j', 'true'],
  ['retrywrites', 'true'],
  ['retryreads', 'true'],
  ['readpreference', 'primary'],
  ['readconcernlevel', 'majority'],
])

/** A client for that URL, not connected yet. CONFIG_INVALID for a URL that is none; no password is ever repeated. */
export function createConnection(url: string, onCommand?: OnCommand): Connection {
  const given = urlOptions(url)
  for (const [name, value] of given) {
    const only = FIXED.get(name.toLowerCase())
    if (only !== undefined && value.toLowerCase() !== only) throw weaker(name, value, only)
    if (TIMES.has(name.toLowerCase()) && !isTime(value)) throw outOfBounds(name, value)
    if (name.toLowerCase() === 'timeoutms') throw oneTimeForAll(name)
  }
  const named = new Set([...given.keys()].map((name) => name.toLowerCase()))
  const defaults = Object.entries(DEFAULTS).filter(([name]) => !named.has(name.toLowerCase()))
  try {
    const client = new MongoClient(url, {
      ...Object.fromEntries(defaults),
      ...PROMISES,
      monitorCommands: onCommand !== undefined,
    })
    if (onCommand) client.on('commandStarted', ({ commandName, command }) => onCommand(commandName, command))
    // The driver's own default is `test`: a URL without a name is asked for ours.
    const db = client.db(databaseName(url) ?? DATABASE)
    return { client, db, maxReadMs: Math.floor(client.options.socketTimeoutMS * READING) }
  } catch (error) {
    throw unreadable(error)
  }
}

/** Of the time that an answer may take: the rest is for the way of the question and of the answer. */
const READING = 0.8

function isTime(value: string): boolean {
  return /^\d+$/.test(value) && Number(value) >= MIN_MS && Number(value) <= MAX_MS
}

function urlOptions(url: string): Map<string, string> {
  const start = url.indexOf('?')
  return new Map(start < 0 ? [] : new URLSearchParams(url.slice(start + 1)))
}

function databaseName(url: string): string | null {
  const name = /^mongodb(?:\+srv)?:\/\/[^/?]*\/([^?]+)/.exec(url)?.[1]
  return name === undefined ? null : decodeURIComponent(name)
}

function weaker(name: string, value: string, only: string): MonogramError {
  return new MonogramError(
    'CONFIG_INVALID',
    `MONOGRAM_STORAGE_URL: expected ${name}=${only} or nothing, got ${name}=${value}; ` +
      'with it an acknowledged event could be lost',
  )
}

function outOfBounds(name: string, value: string): MonogramError {
  return new MonogramError(
    'CONFIG_INVALID',
    `MONOGRAM_STORAGE_URL: expected ${name} from ${MIN_MS} to ${MAX_MS}, or nothing, got ${value}; ` +
      'every wait for the database is bounded',
  )
}

function oneTimeForAll(name: string): MonogramError {
  const separate = 'serverSelectionTimeoutMS, waitQueueTimeoutMS, connectTimeoutMS and socketTimeoutMS'
  return new MonogramError(
    'CONFIG_INVALID',
    `MONOGRAM_STORAGE_URL: expected no ${name}; the waits for the database are set one by one: ${separate}`,
  )
}

/** The driver's messages name options and hosts, never what stands before the @. */
function unreadable(error: unknown): MonogramError {
  const reason = error instanceof Error ? error.message : String(error)
  return new MonogramError(
    'CONFIG_INVALID',
    `MONOGRAM_STORAGE_URL: expected mongodb://user:password@host:port/database, got one that cannot be read: ${reason}`,
    { cause: error },
  )
}
