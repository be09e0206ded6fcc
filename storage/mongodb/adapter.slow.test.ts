import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { aProduct, aRow, aTrail, anEvent, ids } from '../contract/documents.ts'
import { StorageError, type Storage } from '../ports.ts'
import { describeWithServer } from '../../tests/support/servers/describe-with-server.ts'
import { DOCUMENT_SERVER } from '../../tests/support/servers/document-server.ts'
import { createTestDatabase, type TestDatabase } from '../../tests/support/servers/test-database.ts'
import { startTcpProxy } from '../../tests/support/tcp-proxy.ts'
import { arrivalAt, MAX_LATE_MS } from './arrival.ts'
import { openMongodbStorage } from './open.ts'

describeWithServer(DOCUMENT_SERVER, 'the MongoDB adapter', (server) => {
  let database: TestDatabase
  let storage: Storage
  let commands: string[]
  beforeEach(async () => {
    database = createTestDatabase(server())
    commands = []
    storage = await openMongodbStorage({ url: database.url, onCommand: (name) => commands.push(name) })
    commands.length = 0
  })
  afterEach(async () => {
    await storage[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })

  /** The commands that the calls send. */
  const sent = async (...calls: (() => Promise<unknown>)[]): Promise<string[]> => {
    commands.length = 0
    for (const call of calls) await call()
    return [...commands]
  }

  test('a hot call is one round trip, whatever the number of keys', async () => {
    const keys = ids('k', 200)
    const { events, trails, profiles, identities, products } = storage
    const writes = await sent(
      () => events.append(keys.map((key) => anEvent(key, { trailId: `t-${key}` }))),
      () => trails.put(keys.map((id) => aTrail(id, 1))),
      () => trails.put(keys.map((id) => aTrail(id, 2))),
      () =>
        events.mark(keys.map((key) => ({ key, attempt: 0, outcome: 'folded' as const, trailVersion: 1 }))),
      () => trails.clearDirty(keys.map((id) => ({ id, version: 2 }))),
      () => identities.putRows(keys.map((key) => aRow(key))),
      () => products.put(keys.map((id) => aProduct(id, 1))),
    )
    expect(writes).toEqual(['insert', 'update', 'update', 'update', 'update', 'update', 'update'])
    const reads = await sent(
      () =>
        events.readPending(
          keys.map((key) => `t-${key}`),
          256,
        ),
      () => events.get(keys),
      () =>
        events.listByTrails(
          keys.map((key) => [`t-${key}`]),
          { names: null, before: null, limit: 5 },
        ),
      () =>
        events.countByTrails(
          keys.map((key) => [`t-${key}`]),
          null,
        ),
      () => events.oldestPending(keys.map((key) => [key])),
      () => trails.get(keys),
      () => trails.findByHomes(keys),
      () => profiles.get(keys),
      () => identities.rows(keys),
      () => identities.rowsOfProfiles(keys),
      () => products.get(keys),
    )
    expect(reads.filter((name) => name !== 'getMore')).toHaveLength(11)
    expect(reads.filter((name) => name === 'getMore').length).toBeLessThanOrEqual(6)
  })

  test('tells which of many compare-and-set writes took effect when some did not', async () => {
    const all = ids('t', 50)
    await storage.trails.put(all.map((id) => aTrail(id, 1)))
    await storage.trails.put(all.filter((_, i) => i % 3 === 0).map((id) => aTrail(id, 2)))
    const answers = await storage.trails.put([
      ...all.map((id) => aTrail(id, 2)),
      aTrail('new', 1),
      aTrail('t-001', 1),
    ])
    expect(answers).toEqual([...all.map((_, i) => i % 3 !== 0), true, false])
  })

  test('what people send is data, whatever it looks like', async () => {
    const body = {
      $set: { admin: true },
      'a.b': { $gt: '' },
      $where: 'sleep(1000)',
      nested: [{ $ne: null }, { 'properties.$[]': 1 }],
    }
    await storage.events.append([anEvent('{"$gt":""}', { body, trailId: '$trail', name: '$name' })])
    expect(await storage.events.get(['{"$gt":""}'])).toMatchObject([
      { body, trailId: '$trail', name: '$name' },
    ])
    await storage.progress.put('$id', body)
    expect(await storage.progress.get('$id')).toEqual(body)
    expect(await storage.events.countByTrails([['$trail'], ['$_id']], ['$name'])).toEqual([1, 0])
  })

  test('an object where an id is expected is refused before it is sent', async () => {
    await storage.trails.put([aTrail('a', 1)])
    const operator = { $gt: '' } as unknown as string
    const calls: (() => Promise<unknown>)[] = [
      () => storage.events.get([operator]),
      () => storage.events.clearLinks([operator]),
      () => storage.events.findPendingTrails(operator, 1),
      () => storage.events.listByTrails([[operator]], { names: null, before: null, limit: 1 }),
      () => storage.events.listByTrails([['t']], { names: [operator], before: null, limit: 1 }),
      () => storage.events.scan(null, operator, 1),
      () => storage.trails.get([operator]),
      () => storage.trails.clearDirty([{ id: operator, version: 1 }]),
      () => storage.profiles.get([operator]),
      () => storage.profiles.search([operator], null, 1),
      () => storage.profiles.trimOutbox([{ id: operator, version: 1 }]),
      () => storage.identities.rows([operator]),
      () => storage.identities.settleUndos(1, [operator]),
      () => storage.products.get([operator]),
      () => storage.apiKeys.get(operator),
      () => storage.progress.get(operator),
    ]
    for (const call of calls) {
      commands.length = 0
      await expect(call()).rejects.toBeInstanceOf(TypeError)
      expect(commands).toEqual([])
    }
  })

  test('a document that would be too large is refused, for good and with a reason', async () => {
    const state = {
      ...aTrail('a', 1).state,
      traits: { text: { value: 'x'.repeat(16 << 20), at: 1, key: 'e' } },
    }
    await expect(storage.trails.put([aTrail('a', 1, { state })])).rejects.toMatchObject({
      name: 'StorageError',
      retryable: false,
    })
    expect(await storage.trails.get(['a'])).toEqual(new Map())
  })

  test('a lost connection is an unknown outcome that may be tried again, and passes', async () => {
    await using proxy = await startTcpProxy(Number(new URL(server().url).port))
    const url = new URL(database.url)
    url.port = String(proxy.port)
    url.searchParams.set('serverSelectionTimeoutMS', '500')
    await using through = await openMongodbStorage({ url: url.href })
    await through.events.append([anEvent('before')])
    proxy.setMode('refuse')
    const started = performance.now()
    for (const call of [() => through.events.append([anEvent('during')]), () => through.ready()]) {
      const failure = await call().catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(StorageError)
      expect(failure).toMatchObject({ retryable: true })
    }
    expect(performance.now() - started).toBeLessThan(5_000)
    proxy.setMode('pass')
    await expect
      .poll(() => through.events.append([anEvent('during')]).catch(() => null), { timeout: 5_000 })
      .not.toBeNull()
    expect((await through.events.get(['before', 'during'])).map(({ key }) => key).sort()).toEqual([
      'before',
      'during',
    ])
  })

  test.each(['black-hole', 'refuse'] as const)(
    'readiness is honest within the 2 s that are waited for it, and soon after the database is back: %s',
    async (mode) => {
      await using proxy = await startTcpProxy(Number(new URL(server().url).port))
      const url = new URL(database.url)
      url.port = String(proxy.port)
      await using through = await openMongodbStorage({ url: url.href })
      const isReady = (): Promise<boolean> =>
        Promise.race([
          through.ready().then(
            () => true,
            () => false,
          ),
          delay(2_000, false),
        ])
      expect(await isReady()).toBe(true)
      proxy.setMode(mode)
      for (let i = 0; i < 3; i++) expect(await isReady()).toBe(false)
      proxy.setMode('pass')
      await expect.poll(isReady, { timeout: 5_000 }).toBe(true)
    },
    20_000,
  )

  test('a look for trails by the time of arrival begins there, however long the log is', async () => {
    const begins: string[] = []
    await using watched = await openMongodbStorage({
      url: database.url,
      clock: () => 100_000_000,
      onCommand: (name, command) => {
        const { filter } = command as { filter?: { arrival?: { $gt: string } } }
        if (name === 'find' && filter?.arrival) begins.push(filter.arrival.$gt)
      },
    })
    await watched.events.append([anEvent('old', { receivedAt: 1 })])
    expect((await watched.events.scanTrails(50_000_000, null, 10)).trails).toEqual([])
    await watched.events.scanTrails(50_000_000, 'a page before', 10)
    expect(begins).toEqual([arrivalAt(50_000_000 - MAX_LATE_MS), 'a page before'])
  })

  test('an event that comes again is looked for in its own trail first, and then everywhere', async () => {
    const filters: unknown[] = []
    await using watched = await openMongodbStorage({
      url: database.url,
      onCommand: (name, command) => {
        if (name === 'find' && command['find'] === 'events') filters.push(command['filter'])
      },
    })
    await watched.events.append([anEvent('a', { trailId: 'one' })])
    filters.length = 0
    expect(await watched.events.append([anEvent('a', { trailId: 'one' })])).toEqual(['duplicate'])
    expect(filters).toEqual([{ trail: { $in: ['one'] }, _id: { $in: ['a'] } }])
    expect(await watched.events.append([anEvent('a', { trailId: 'two' })])).toEqual(['duplicate'])
    expect(filters).toHaveLength(3)
  })
})
