import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { aProduct, aRow, aTrail, anEvent, ids } from '../contract/documents.ts'
import { StorageError, type Storage } from '../ports.ts'
import { describeWithServer } from '../../tests/support/servers/describe-with-server.ts'
import { DOCUMENT_SERVER } from '../../tests/support/servers/document-server.ts'
import { createTestDatabase, type TestDatabase } from '../../tests/support/servers/test-database.ts'
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
    await using proxy = await startProxy(new URL(server().url))
    const url = new URL(database.url)
    url.port = String(proxy.port)
    url.searchParams.set('serverSelectionTimeoutMS', '500')
    await using through = await openMongodbStorage({ url: url.href })
    await through.events.append([anEvent('before')])
    proxy.cut()
    const started = performance.now()
    for (const call of [() => through.events.append([anEvent('during')]), () => through.ready()]) {
      const failure = await call().catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(StorageError)
      expect(failure).toMatchObject({ retryable: true })
    }
    expect(performance.now() - started).toBeLessThan(5_000)
    proxy.mend()
    await expect
      .poll(() => through.events.append([anEvent('during')]).catch(() => null), { timeout: 5_000 })
      .not.toBeNull()
    expect((await through.events.get(['before', 'during'])).map(({ key }) => key).sort()).toEqual([
      'before',
      'during',
    ])
  })
})

/** Stands between the driver and the server, and can cut them apart. */
async function startProxy(
  target: URL,
): Promise<AsyncDisposable & { port: number; cut(): void; mend(): void }> {
  const sockets = new Set<Socket>()
  let isCut = false
  const proxy = createServer((near) => {
    if (isCut) return void near.destroy()
    const far = connect(Number(target.port), target.hostname)
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => other.destroy())
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
    near.pipe(far).pipe(near)
  })
  proxy.listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const cut = (): void => {
    isCut = true
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (proxy.address() as AddressInfo).port,
    cut,
    mend: () => (isCut = false),
    [Symbol.asyncDispose]: async () => {
      cut()
      await new Promise((resolve) => proxy.close(resolve))
    },
  }
}
