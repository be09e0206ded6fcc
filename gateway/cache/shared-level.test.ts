import { expect, test } from 'vitest'
import { silentLog } from '../../platform/log.ts'
import { openMemoryStream } from '../../stream/memory/open.ts'
import type { EntityCacheStore } from '../../stream/ports.ts'
import type { EntityWant } from './entity-read.ts'
import { nameOf } from './near/near-cache.ts'
import { openEntityCache } from './open-entity-cache.ts'
import { entityRefOf } from './reads/shared-level.ts'

const POLICY = { maxAgeMs: 60_000, isPrivate: false, revalidateMs: 0, ifErrorMs: 60_000 }

/** Two processes that share a level, in front of one subgraph whose only entity is at this version. */
async function setUp(storeOf: (store: EntityCacheStore) => EntityCacheStore = (store) => store) {
  const stream = openMemoryStream({ clock: Date.now })
  const held = { version: 1, asked: 0, isDown: false, leadsTo: 'p' as string | null }
  const processes = [0, 1].map(() => {
    const store = storeOf(stream.entityCache)
    const { cache } = openEntityCache({
      maxBytes: 100_000,
      feed: stream.feed,
      store,
      clock: Date.now,
      storeTimeoutMs: 5,
      log: silentLog(),
    })
    const want: EntityWant = {
      space: cache.space('profiles', 'Profile', true),
      id: 'p',
      alias: 'p',
      class: 'all',
      fields: [{ key: 'name', policy: POLICY }],
    }
    const read = async (): Promise<unknown> => {
      const [found] = await cache.read([want], async () => {
        held.asked++
        if (held.isDown) throw new Error('down')
        const { version } = held
        return [{ kind: 'found', id: 'p', version, expiresAt: null, values: [`at ${version}`] }]
      })
      return found?.kind === 'found' ? [found.values[0], found.isStale] : found
    }
    return { cache, read }
  })
  /** By a process that has just begun. */
  const lookUp = async (alias: string): Promise<unknown> => {
    const store = stream.entityCache
    const { cache } = openEntityCache({
      maxBytes: 100_000,
      feed: stream.feed,
      store,
      clock: Date.now,
      log: silentLog(),
    })
    await new Promise((resolve) => setImmediate(resolve))
    const space = cache.space('profiles', 'Profile', true)
    const fields = [{ key: 'name', policy: POLICY }]
    const want: EntityWant = { space, id: null, alias, class: 'all', fields }
    const [found] = await cache.read([want], async () => {
      held.asked++
      const { version, leadsTo: id } = held
      if (id === null) return [{ kind: 'absent' }]
      return [{ kind: 'found', id, version, expiresAt: null, values: [`at ${version}`] }]
    })
    return found?.kind === 'found' ? [found.id, found.values[0]] : found?.kind
  }
  const change = (version: number): Promise<unknown> => {
    held.version = version
    return stream.feed.append([
      { entity: 'Profile', id: 'p', from: version, version, changed: [], at: Date.now() },
    ])
  }
  const [a, b] = processes
  if (!a || !b) throw new Error('there are two')
  // Nothing is kept before they have a position in the feed.
  await new Promise((resolve) => setImmediate(resolve))
  return { stream, held, change, lookUp, a, b }
}

test('what one process has read the other takes from the shared level, until it changes', async () => {
  const { held, change, a, b } = await setUp()
  await change(1)
  expect(await a.read()).toEqual(['at 1', false])
  await expect.poll(() => a.cache.counters.storeFills.filled).toBe(1)
  expect(await b.read()).toEqual(['at 1', false])
  expect([held.asked, b.cache.counters.hits.store]).toEqual([1, 1])
  await change(2)
  await expect
    .poll(() => Promise.all([a.read(), b.read()]))
    .toEqual([
      ['at 2', false],
      ['at 2', false],
    ])
})

test('what was shared before a change is read again when the change was told meanwhile, though nothing is kept', async () => {
  const gate = { opened: Promise.resolve(), open: (): void => undefined }
  const { held, change, a, b } = await setUp((store) => ({
    ...store,
    read: async (reads) => {
      const results = await store.read(reads)
      await gate.opened
      return results
    },
  }))
  await change(1)
  await a.read()
  await expect.poll(() => a.cache.counters.storeFills.filled).toBe(1)
  gate.opened = new Promise((resolve) => (gate.open = resolve))
  const reading = b.read()
  const turn = (): Promise<void> => new Promise((done) => setImmediate(done))
  await turn()
  await change(2)
  await turn()
  gate.open()
  expect(await reading).toEqual(['at 2', false])
  expect(held.asked).toBe(2)
})

test('what says that it is of another entity is not taken', async () => {
  const { held, a, b } = await setUp((store) => ({
    ...store,
    read: async (reads) => {
      const results = await store.read(reads)
      return results.map((result) => ({ ...result, entry: result.entry && { ...result.entry, id: 'q' } }))
    },
  }))
  await a.read()
  await expect.poll(() => a.cache.counters.storeFills.filled).toBe(1)
  expect(await b.read()).toEqual(['at 1', false])
  expect([held.asked, b.cache.counters.hits.store]).toEqual([2, 0])
})

test('everything that is shared may be lost at any time', async () => {
  const { stream, held, change, a, b } = await setUp()
  await a.read()
  stream.flush()
  held.version = 2
  await expect
    .poll(() => Promise.all([a.read(), b.read()]))
    .toEqual([
      ['at 2', false],
      ['at 2', false],
    ])
  await change(3)
  await expect.poll(() => a.read()).toEqual(['at 3', false])
})

test('a shared level that gives nothing makes reads slower, and none wrong or late', async () => {
  const nothing: EntityCacheStore = {
    read: (reads) => Promise.resolve(reads.map(() => ({ entry: null, token: null, fence: 0 }))),
    fill: (fills) => Promise.resolve(fills.map(() => false)),
  }
  const { held, change, a } = await setUp(() => nothing)
  expect(await a.read()).toEqual(['at 1', false])
  expect(await a.read()).toEqual(['at 1', false])
  await change(2)
  await expect.poll(() => a.read()).toEqual(['at 2', false])
  expect(held.asked).toBe(2)
})

test('while the feed cannot be read, values are fresh for a tenth of a second', async () => {
  const { stream, a } = await setUp()
  await a.read()
  await a.read()
  expect(a.cache.counters.hits).toEqual({ near: 1, store: 0 })
  stream.feed.cut()
  const isReadAnew = async (): Promise<boolean> => {
    await a.read()
    return a.cache.counters.hits.store > 0
  }
  await expect.poll(isReadAnew, { interval: 20 }).toBe(true)
})

test('of who is erased nothing stands in, in no process, also when nothing else can be read', async () => {
  const { stream, held, change, a, b } = await setUp()
  await change(1)
  for (const { read } of [a, b]) expect(await read()).toEqual(['at 1', false])
  held.isDown = true
  await change(2)
  for (const { read } of [a, b]) await expect.poll(read).toEqual(['at 1', true])
  const reading = [a, b].map(({ read }) => read())
  const erasure = { entity: 'Profile', id: 'p', from: 3, version: 3, changed: [], at: Date.now() } as const
  await stream.feed.append([{ ...erasure, erased: true }])
  const [entry] = await stream.entityCache.read([
    { entity: { subgraph: 'profiles', type: 'Profile', id: 'p' }, class: 'all', fields: ['name'] },
  ])
  expect(entry).toMatchObject({ entry: null, fence: 3 })
  // Also to those who were waiting already.
  for (const answer of await Promise.allSettled(reading)) expect(answer.status).toBe('rejected')
  for (const { read } of [a, b]) await expect(read()).rejects.toThrow('down')
})

test('where a look-up leads is shared, once it was seen with a token, until its entity changes', async () => {
  const { change, lookUp, held } = await setUp()
  await change(1)
  // The first finds out where it leads, the second sees it with the token of that entity, the third need not ask.
  for (const asked of [1, 2, 2, 2]) {
    expect(await lookUp('mail')).toEqual(['p', 'at 1'])
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(held.asked).toBe(asked)
  }
  held.leadsTo = null
  await change(2)
  expect(await lookUp('mail')).toBe('absent')
})

test('an answer is not written of what is shared and older than the fence of this process', async () => {
  const entry = { id: 'p', version: 1, fields: { name: '"at 1"' }, storedAt: 0, expiresAt: Infinity }
  const { change, a } = await setUp(() => ({
    read: (reads) => Promise.resolve(reads.map(() => ({ entry, token: null, fence: 0 }))),
    fill: (fills) => Promise.resolve(fills.map(() => false)),
  }))
  const space = a.cache.space('profiles', 'Profile', true)
  const wanted = {
    space,
    entity: entityRefOf(space, 'p'),
    name: nameOf(space, 'p'),
    class: 'all',
    fields: ['name'],
  }
  expect(await a.cache.loads?.load([wanted])).toHaveLength(1)
  await change(2)
  await expect.poll(() => a.cache.near.fenceOf(space, 'p')).toBe(2)
  expect(await a.cache.loads?.load([wanted])).toBeNull()
})
