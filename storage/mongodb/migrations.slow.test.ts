import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Collection, MongoClient, MongoNetworkTimeoutError, type Db } from 'mongodb'
import { describeWithServer } from '../../tests/support/servers/describe-with-server.ts'
import { DOCUMENT_SERVER } from '../../tests/support/servers/document-server.ts'
import { createTestDatabase, type TestDatabase } from '../../tests/support/servers/test-database.ts'
import { migrate, MIGRATIONS, readSchemaVersion, type Migration } from './migrations.ts'
import { openMongodbStorage } from './open.ts'

const newest = MIGRATIONS.length
const steps = (...versions: number[]): Migration[] =>
  versions.map((version) => ({
    version,
    name: `step ${version}`,
    indexes: [{ collection: 'notes', name: `by_${version}`, key: { [`field${version}`]: 1 } }],
  }))

/** So that each process finds that the lease of the one before has run out, although that one still works. */
const LEASE_RUNS_OUT = 31_000

test('versions rise by one from 1', () => {
  expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, i) => i + 1))
})

describeWithServer(DOCUMENT_SERVER, 'migrations on a document server', (server) => {
  let database: TestDatabase
  let client: MongoClient
  let db: Db
  beforeEach(async () => {
    database = createTestDatabase(server())
    client = await MongoClient.connect(database.url)
    db = client.db()
  })
  afterEach(async () => {
    await client.close()
    await database[Symbol.asyncDispose]()
  })

  test('every declared index is there, and the version says so', async () => {
    await migrate(db, { clock: Date.now })
    expect(await readSchemaVersion(db)).toBe(newest)
    for (const { collection, name, key, only } of MIGRATIONS.flatMap(({ indexes }) => indexes)) {
      const found = (await db.collection(collection).indexes()).find((index) => index.name === name)
      expect(found, `${collection}.${name}`).toMatchObject({ key })
      if (only !== undefined) {
        expect(found?.['partialFilterExpression']).toEqual({ [only]: { $exists: true } })
      }
    }
  })

  test('an index that takes longer than an answer may is waited for', async () => {
    const late = new MongoNetworkTimeoutError('connection timed out')
    const createIndex = vi.spyOn(Collection.prototype, 'createIndex').mockRejectedValueOnce(late)
    try {
      await migrate(db, { clock: Date.now, migrations: steps(1) })
      expect(createIndex).toHaveBeenCalledTimes(2)
    } finally {
      createIndex.mockRestore()
    }
    expect(await readSchemaVersion(db)).toBe(1)
  })

  test('an index that takes very long is named, and what to do; the lease is kept as long as it is waited for', async () => {
    const late = new MongoNetworkTimeoutError('connection timed out')
    let now = 0
    const leased: number[] = []
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => now)
    const createIndex = vi.spyOn(Collection.prototype, 'createIndex').mockImplementation(async () => {
      const lease = await db.collection('migration_leases').findOne()
      leased.push(Number(lease?.['until']))
      now += 50_000
      throw late
    })
    try {
      await expect(migrate(db, { clock: () => now, migrations: steps(1) })).rejects.toMatchObject({
        code: 'STORAGE_UNAVAILABLE',
        message: expect.stringMatching(
          /the index by_1 of notes for 120 s.*goes on with it.*docs\/scaling\.md/,
        ),
      })
    } finally {
      createIndex.mockRestore()
      clock.mockRestore()
    }
    expect(leased).toEqual([30_000, 80_000, 130_000])
    expect(await readSchemaVersion(db)).toBe(0)
  })

  test('an index on a collection with documents is made, and a migration goes on when two processes make it', async () => {
    await db.collection('notes').insertMany(Array.from({ length: 2_000 }, (_, i) => ({ field1: i % 7 })))
    let now = 0
    const clock = (): number => (now += LEASE_RUNS_OUT)
    await Promise.all([1, 2, 3].map(() => migrate(db, { clock, migrations: steps(1, 2) })))
    expect(await readSchemaVersion(db)).toBe(2)
    const names = (await db.collection('notes').indexes()).map(({ name }) => name)
    expect(new Set(names)).toEqual(new Set(['_id_', 'by_1', 'by_2']))
  })

  test('many processes that start at once bring it up to date once', async () => {
    const starts = Array.from({ length: 6 }, () =>
      migrate(db, { clock: Date.now, migrations: steps(1, 2, 3) }),
    )
    await Promise.all(starts)
    const applied = await db.collection('migrations').find().sort({ _id: 1 }).toArray()
    expect(applied.map(({ name }) => String(name))).toEqual(['step 1', 'step 2', 'step 3'])
    expect(await db.collection('migration_leases').countDocuments()).toBe(0)
  })

  test('goes on where a process that died stopped, once its lease has run out', async () => {
    let now = 1_000
    await migrate(db, { clock: () => now, migrations: steps(1) })
    // It had begun the second step: an index is there, and no note of the step.
    await db.collection('notes').createIndex({ field2: 1 }, { name: 'by_2' })
    await db.collection<{ _id: string; holder: string; until: number }>('migration_leases').insertOne({
      _id: 'lease',
      holder: 'one that died',
      until: now + 500,
    })
    const waits: number[] = []
    await migrate(db, {
      clock: () => now,
      migrations: steps(1, 2),
      sleep: async (ms) => {
        waits.push(ms)
        now += ms
      },
    })
    expect(waits.length).toBeGreaterThan(1)
    expect(await readSchemaVersion(db)).toBe(2)
  })

  test('works beside a version one ahead, and refuses one further ahead, without a change', async () => {
    await migrate(db, { clock: Date.now, migrations: steps(1, 2, 3) })
    await migrate(db, { clock: Date.now, migrations: steps(1, 2) })
    const old = migrate(db, { clock: Date.now, migrations: steps(1) })
    await expect(old).rejects.toMatchObject({ code: 'STORAGE_NEWER', details: { found: 3, newest: 1 } })
    expect(await readSchemaVersion(db)).toBe(3)
  })

  test('a store of the version after this one opens, and one after that does not', async () => {
    await migrate(db, {
      clock: Date.now,
      migrations: steps(...Array.from({ length: newest + 1 }, (_, i) => i + 1)),
    })
    await using storage = await openMongodbStorage({ url: database.url })
    await storage.ready()
    await migrate(db, {
      clock: Date.now,
      migrations: steps(...Array.from({ length: newest + 2 }, (_, i) => i + 1)),
    })
    await expect(openMongodbStorage({ url: database.url })).rejects.toMatchObject({ code: 'STORAGE_NEWER' })
  })
})
