import { randomBytes } from 'node:crypto'
import {
  MongoNetworkTimeoutError,
  type CreateIndexesOptions,
  type Db,
  type IndexSpecification,
} from 'mongodb'
import { MonogramError } from '../../core/errors.ts'
import type { Clock } from '../../platform/clock.ts'
import { systemSleep, type Sleep } from '../../platform/sleep.ts'
import { isDuplicateKey } from './failures.ts'
import { firstIndexes } from './migrations/0001-first-indexes.ts'
import { boundedState } from './migrations/0002-bounded-state.ts'

/** An index as a migration declares it. */
export interface DeclaredIndex {
  collection: string
  /** Its name in the database. */
  name: string
  key: Record<string, 1 | -1>
  /** Rows that have this field are in it, and no others. */
  only?: string
}

/**
 * One step of the schema. Once released it never changes; what comes next is another step. It only adds, so that
 * processes of the version before go on beside it, and doing it twice is doing it once.
 */
export interface Migration {
  /** Rises by one. */
  version: number
  name: string
  indexes: readonly DeclaredIndex[]
}

export const MIGRATIONS: readonly Migration[] = [firstIndexes, boundedState]

export interface MigrateOptions {
  clock: Clock
  migrations?: readonly Migration[]
  sleep?: Sleep
}

interface AppliedRow {
  _id: number
  name: string
  appliedAt: number
}

interface LeaseRow {
  _id: 'lease'
  holder: string
  until: number
}

/**
 * Brings the database to the newest version. Of several processes that start at once, one holds the lease and does the
 * work; when it dies, the next one goes on where it stopped. A process accepts one version more than it knows, so that
 * a new version is rolled out beside the old one, and back; a database further ahead is STORAGE_NEWER.
 */
export async function migrate(db: Db, options: MigrateOptions): Promise<void> {
  const { clock, migrations = MIGRATIONS, sleep = systemSleep } = options
  const applied = db.collection<AppliedRow>('migrations')
  const leases = db.collection<LeaseRow>('migration_leases')
  const newest = migrations.at(-1)?.version ?? 0
  const holder = randomBytes(9).toString('base64url')

  for (let waited = 0; ; waited += POLL_MS) {
    const found = await readSchemaVersion(db)
    if (found > newest + 1) throw newerDatabase(found, newest)
    const missing = migrations.filter(({ version }) => version > found)
    if (missing.length === 0) return
    if (await takeLease()) {
      try {
        for (const migration of missing) await apply(migration)
        return
      } finally {
        await leases.deleteOne({ _id: 'lease', holder })
      }
    }
    if (waited > MAX_WAIT_MS) throw stillMigrating(missing)
    await sleep(POLL_MS)
  }

  /** Also true when the one who held it has not renewed it in time. The lease saves work; nothing relies on it. */
  async function takeLease(): Promise<boolean> {
    const now = clock()
    try {
      const { matchedCount, upsertedCount } = await leases.updateOne(
        { _id: 'lease', until: { $lt: now } },
        { $set: { holder, until: now + LEASE_MS } },
        { upsert: true },
      )
      return matchedCount + upsertedCount === 1
    } catch (error) {
      if (isDuplicateKey(error)) return false
      throw error
    }
  }

  async function apply(migration: Migration): Promise<void> {
    for (const { collection, name, key, only } of migration.indexes) {
      const partial = only === undefined ? {} : { partialFilterExpression: { [only]: { $exists: true } } }
      const options = { name, ...partial } satisfies CreateIndexesOptions
      await untilAnswered(`${name} of ${collection}`, async () => {
        await leases.updateOne({ _id: 'lease', holder }, { $set: { until: clock() + LEASE_MS } })
        await db.collection(collection).createIndex(key satisfies IndexSpecification, options)
      })
    }
    const row = { _id: migration.version, name: migration.name, appliedAt: clock() }
    await applied.insertOne(row).catch((error: unknown) => {
      if (!isDuplicateKey(error)) throw error
    })
  }
}

/**
 * An index on a large collection takes longer than an answer may. The server goes on with it, and whoever asks for the
 * same index again waits for that one.
 */
async function untilAnswered(index: string, makeIndex: () => Promise<void>): Promise<void> {
  for (const until = performance.now() + MAX_WAIT_MS; ;) {
    try {
      await makeIndex()
      return
    } catch (error) {
      if (!(error instanceof MongoNetworkTimeoutError)) throw error
      if (performance.now() > until) throw stillIndexing(index, error)
    }
  }
}

/** The newest step that was carried out; 0 for an empty database. */
export async function readSchemaVersion(db: Db): Promise<number> {
  const [row] = await db.collection<AppliedRow>('migrations').find().sort({ _id: -1 }).limit(1).toArray()
  return row?._id ?? 0
}

/** Longer than an answer takes: it is renewed with each time that an index is asked for. */
const LEASE_MS = 30_000
const POLL_MS = 200
const MAX_WAIT_MS = 120_000

function newerDatabase(found: number, newest: number): MonogramError {
  return new MonogramError(
    'STORAGE_NEWER',
    `The database has schema version ${found}; this Monogram works with versions up to ${newest + 1}. ` +
      'Nothing was changed. Start a newer Monogram.',
    { details: { found, newest } },
  )
}

function stillIndexing(index: string, cause: unknown): MonogramError {
  return new MonogramError(
    'STORAGE_UNAVAILABLE',
    `The database has been making the index ${index} for ${MAX_WAIT_MS / 1_000} s and goes on with it. ` +
      'Start again when it is done; docs/scaling.md says how to make it beforehand.',
    { cause },
  )
}

function stillMigrating(missing: readonly Migration[]): MonogramError {
  const steps = missing.map(({ version, name }) => `${version} (${name})`).join(', ')
  return new MonogramError(
    'STORAGE_UNAVAILABLE',
    `Another process is still bringing the database to schema version ${steps}. Start again when it is done.`,
  )
}
