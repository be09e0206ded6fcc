import { afterEach, beforeEach, expect, test } from 'vitest'
import { MongoClient, type Document } from 'mongodb'
import { EVERY_CALL } from '../contract/every-call.ts'
import type { Storage } from '../ports.ts'
import { describeWithServer } from '../../tests/support/servers/describe-with-server.ts'
import { DOCUMENT_SERVER } from '../../tests/support/servers/document-server.ts'
import { createTestDatabase, type TestDatabase } from '../../tests/support/servers/test-database.ts'
import { MIGRATIONS } from './migrations.ts'
import { openMongodbStorage } from './open.ts'
import { COLLECTION_NAMES as NAMES } from './documents.ts'
import { constraintsOf, isNamed, planQuery, queriesOf, type QueryPlan, type SentQuery } from './query-plan.ts'
import { SHARD_KEYS } from './shard-keys.ts'

const INDEXES = MIGRATIONS.flatMap(({ indexes }) => indexes)

interface Sent {
  call: string
  name: string
  command: Document
}

/** What one method of the port asks of the database, and how that is found. */
interface Planned extends SentQuery {
  call: string
  plan: QueryPlan
}

describeWithServer(DOCUMENT_SERVER, 'queries of the MongoDB adapter', (server) => {
  let database: TestDatabase
  let storage: Storage
  let sent: Sent[]
  let planned: Planned[]
  beforeEach(async () => {
    sent = []
    let call = 'open'
    database = createTestDatabase(server())
    storage = await openMongodbStorage({
      url: database.url,
      onCommand: (name, command) => sent.push({ call, name, command }),
    })
    sent.length = 0
    for (const each of EVERY_CALL) {
      call = each.name
      await each.run(storage)
    }
    planned = sent.flatMap(({ call, name, command }) =>
      queriesOf(name, command).map((query) => ({ call, ...query, plan: planQuery(query, INDEXES) })),
    )
  })
  afterEach(async () => {
    await storage[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })

  test('each is served by an index that is declared, in the order that is asked for, and each index serves one', () => {
    expect(planned.length).toBeGreaterThan(90)
    const byNone = planned.filter(({ call, plan }) => plan.indexes === null && !FEW.has(call))
    expect(byNone.map(shown)).toEqual([])
    const sorted = planned.filter(({ call, plan }) => !plan.isOrdered && !FEW.has(call))
    expect(sorted.map(shown)).toEqual([])
    const used = new Set(
      planned.flatMap(({ collection, plan }) => plan.candidates.map((name) => `${collection}.${name}`)),
    )
    const unused = INDEXES.map(({ collection, name }) => `${collection}.${name}`)
    expect(unused.filter((name) => !used.has(name))).toEqual([])
  })

  test('what an index finds and the filter then leaves out is known, and why it is little', () => {
    const left = planned.filter(
      ({ plan: { indexes, residual } }) =>
        indexes !== null && !indexes.includes('_id_') && residual.length > 0,
    )
    const calls = [...new Set(left.map(({ call }) => call))]
    expect(calls.toSorted()).toEqual(Object.keys(LEFT_OUT).toSorted())
  })

  test('each read is of what the majority has, from the primary, and given up by the server before the driver does', () => {
    const reads = sent.filter(({ name }) => ['find', 'aggregate', 'count'].includes(name))
    expect(reads.length).toBeGreaterThan(60)
    for (const { call, command } of reads) {
      expect({ call, ...command }).toMatchObject({ readConcern: { level: 'majority' }, maxTimeMS: 2_400 })
      expect({ call, mode: command['$readPreference'] as unknown }).toEqual({ call, mode: undefined })
    }
  })

  test('each write is acknowledged by the disks of the majority', () => {
    const writes = sent.filter(({ name }) => ['insert', 'update', 'delete'].includes(name))
    expect(writes.length).toBeGreaterThan(25)
    for (const { call, command } of writes) {
      expect({ call, ...command }).toMatchObject({ writeConcern: { w: 'majority', j: true } })
    }
    const others = sent.filter(({ name }) => !KNOWN_COMMANDS.has(name))
    expect(others).toEqual([])
  })

  test('each collection that grows has a shard key, and what is asked all the time goes to the shards that have it', () => {
    const small = new Set<string>([NAMES.batches, NAMES.apiKeys, NAMES.progress, NAMES.probes])
    expect([...SHARD_KEYS.keys(), ...small].toSorted()).toEqual(Object.values(NAMES).toSorted())
    const everywhere = planned.filter(({ collection, filter }) => {
      const [first] = SHARD_KEYS.get(collection) ?? []
      return first !== undefined && !isNamed(constraintsOf(filter).constraints, first)
    })
    expect([...new Set(everywhere.map(({ call }) => call))].toSorted()).toEqual(
      Object.keys(EVERYWHERE).toSorted(),
    )
  })

  test('what is inserted, by itself or by an update, has its whole shard key, and only ids are unique', async () => {
    for (const { name, command } of sent) {
      const key = SHARD_KEYS.get(String(command[name]))
      const upserts = ((command['updates'] ?? []) as { q: Document; upsert?: boolean }[]).filter(
        (u) => u.upsert,
      )
      const inserted = [...((command['documents'] ?? []) as Document[]), ...upserts.map(({ q }) => q)]
      for (const document of inserted) {
        for (const field of key ?? []) expect(typeof document[field]).toBe('string')
      }
    }
    await using client = await MongoClient.connect(database.url)
    for (const { collection } of INDEXES) {
      const unique = (await client.db().collection(collection).indexes()).filter((index) => index.unique)
      expect(unique.map(({ name }) => name)).toEqual([])
    }
  })
})

/** Small by their nature: read whole. */
const FEW = new Set(['apiKeys.list'])

const KNOWN_COMMANDS = new Set(['insert', 'update', 'delete', 'find', 'aggregate', 'count'])

/** Why few are found that the rest of the filter leaves out. */
const LEFT_OUT = {
  'events.readFolded':
    'nearly all events of a trail are folded, and a page begins where the one before ended',
  'events.readPurchases': 'all but the events that are being folded just now are held',
  'events.listPurchases': 'nearly all events of a trail are folded',
  'events.readSealed': 'what a base holds is deleted next',
  'events.listByTrails':
    'the names that are asked for; for a rare one of a giant trail the server gives up in time',
  'events.countByTrails': 'as listByTrails',
  'events.conflictsOf': 'an event has few conflicts, and a trail as well',
  'events.deleteFolded': 'as conflictsOf',
  'events.scan': 'names that are asked for, in a window of 5,000 events',
  'trails.dirtyEvents': 'a profile has few trails',
  'identities.undosOfKeys': 'a key has few undos',
}

/** Asked of every shard, and why that does no harm: the second table of docs/scaling.md. */
const WAITS = 'takes what waits, once a step of a worker, or four times a second'
const MANY = 'belongs to many keys at once, once a step'
const SCAN = 'goes through everything, now and then'
const EVERYWHERE = {
  'events.findPendingTrails': WAITS,
  'events.findUnlinked': WAITS,
  'events.oldestPending': 'once a batch of profiles that are read',
  'events.backlog': SCAN,
  'events.stats': SCAN,
  'events.listParked': SCAN,
  'events.scan': SCAN,
  'events.scanTrails': SCAN,
  'trails.findDirty': WAITS,
  'trails.findByHomes': MANY,
  'trails.dirtyEvents': 'once a batch of profiles that are read',
  'trails.list': SCAN,
  'profiles.findOutbox': WAITS,
  'profiles.findUnpublished': WAITS,
  'profiles.findDue': WAITS,
  'profiles.search': SCAN,
  'profiles.list': SCAN,
  'profiles.stats': SCAN,
  'products.findOutbox': WAITS,
  'products.list': SCAN,
  'identities.findPendingPairs': WAITS,
  'identities.findPendingUndos': WAITS,
  'identities.rowsOfProfiles': MANY,
  'identities.pairsOfKeys': MANY,
  'identities.undosOfKeys': MANY,
  'identities.listPairs': SCAN,
  'identities.reopenRefused': SCAN,
  'sealedPurchases.list': SCAN,
}

function shown({ call, collection, filter, sort }: Planned): string {
  return `${call}: ${collection} ${JSON.stringify(filter)} ${JSON.stringify(sort)}`
}
