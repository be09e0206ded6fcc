import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { canonicalJson, type JsonValue } from '../core/json.ts'
import { homeProfile } from '../core/identity/identity-key.ts'
import { silentLog } from '../platform/log.ts'
import { createMemoryFeed } from '../stream/memory/feed.ts'
import { eventually } from '../tests/support/eventually.ts'
import { generator, withFaults } from '../tests/support/faults.ts'
import { openMemoryStorage } from '../tests/support/memory-storage.ts'
import type { Storage } from '../storage/ports.ts'
import type { Work } from './worker/worker.ts'
import { createEventPath, type EventPath } from './create-event-path.ts'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const open: EventPath[] = []

afterEach(async () => {
  for (const path of open.splice(0)) await path[Symbol.asyncDispose]()
})

test('an accepted event is in the profile, its version and its outbox message once settled', async () => {
  const storage = openMemoryStorage()
  const feed = createMemoryFeed()
  const changes = feed.subscribe({ entity: 'Profile', maxQueued: 10 })
  const path = start(storage, feed)
  const results = await path.accept([identify('ada', { firstName: 'Ada' })], context)
  expect(results).toMatchObject([{ outcome: 'stored' }])
  await path.worker.settled()

  const profile = (await storage.profiles.get([homeProfile('userId:ada')])).get(homeProfile('userId:ada'))
  expect(profile).toMatchObject({
    version: 1,
    outbox: [],
    view: { traits: { firstName: 'Ada' }, eventCount: 1 },
  })
  expect((await changes.next()).value).toMatchObject({ kind: 'change', change: { from: 1, version: 1 } })
})

test('a feed that cannot be reached holds up nobody, and is told what changed once it can be', async () => {
  const storage = openMemoryStorage()
  const feed = createMemoryFeed()
  let now = NOW
  const path = start(storage, feed, () => now++)
  feed.cut()
  await path.accept([identify('ada', { firstName: 'Ada' })], context)
  const ada = homeProfile('userId:ada')
  const held = await eventually(async () => {
    const profile = (await storage.profiles.get([ada])).get(ada)
    expect(profile).toMatchObject({ view: { traits: { firstName: 'Ada' } } })
    return profile
  })
  expect(held?.outbox).toHaveLength(1)
  const changes = feed.subscribe({ entity: 'Profile', maxQueued: 10 })
  feed.mend()
  await path.worker.settled()
  expect((await storage.profiles.get([ada])).get(ada)?.outbox).toEqual([])
  let told = await changes.next()
  while (told.value?.kind === 'gap') told = await changes.next()
  expect(told.value).toMatchObject({ change: { id: ada, version: 1 } })
})

test('the same event sent again counts once, and another body under its id is a conflict that does not count', async () => {
  const storage = openMemoryStorage()
  const path = start(storage)
  const order = completed('ada', 'o-1', 10)
  const results = await path.accept(
    [order, order, { ...order, properties: { order_id: 'o-2', total: 99 } }],
    context,
  )
  expect(results.map(({ outcome }) => outcome)).toEqual(['stored', 'duplicate', 'conflict'])
  await path.worker.settled()
  expect((await view(storage, 'userId:ada'))?.metrics['USD']).toMatchObject({ orders: 1, grossRevenue: 1000 })
})

test('an identify that names a known anonymousId joins the two, and the anonymous profile says where it went', async () => {
  const storage = openMemoryStorage()
  const path = start(storage)
  await path.accept([{ ...withoutUserId(completed('', 'o-1', 10)), anonymousId: 'browser' }], context)
  await path.worker.settled()
  expect((await view(storage, 'anonymousId:browser'))?.metrics['USD']?.orders).toBe(1)

  await path.accept([{ ...identify('ada', {}), anonymousId: 'browser' }], context)
  await path.worker.settled()
  expect(await view(storage, 'userId:ada')).toMatchObject({
    identities: ['userId:ada', 'anonymousId:browser'],
    metrics: { USD: { orders: 1, grossRevenue: 1000 } },
  })
  const anonymous = homeProfile('anonymousId:browser')
  expect((await storage.profiles.get([anonymous])).get(anonymous)).toMatchObject({
    mergedInto: homeProfile('userId:ada'),
    view: { identities: [], eventCount: 0 },
  })
})

test('more events of one trail than one write takes are all applied', async () => {
  const storage = openMemoryStorage()
  const path = start(storage)
  await path.accept(
    Array.from({ length: 300 }, (_, i) => completed('ada', `o-${i}`, 1)),
    context,
  )
  await path.worker.settled()
  expect((await view(storage, 'userId:ada'))?.metrics['USD']?.orders).toBe(300)
  expect(await storage.events.stats()).toMatchObject({ events: 300, pending: 0, parked: 0 })
})

test('whatever fails before or after its effect, and wherever a worker dies, each event counts exactly once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyEvent, { minLength: 1, maxLength: 25 }),
      fc.integer(),
      async (people, seed) => {
        // Which links a rule refuses depends on their order, which faults change; without user ids none is refused.
        const raws = people.map(withoutUserId)
        const random = generator(seed)
        const expected = await settledState(openMemoryStorage(), raws, 1)
        const storage = openMemoryStorage()
        const faulty = withFaults(storage, random)
        // Two workers on the same store, both of which fail and begin again; then a healthy one finishes the rest.
        const feed = createMemoryFeed()
        const paths = [start(faulty, feed), start(faulty, feed)]
        for (const raw of raws) await acceptUntilStored(paths[0] as EventPath, raw)
        for (const path of paths) await path[Symbol.asyncDispose]()
        expect(await settledState(storage, [], 1)).toEqual(expected)
      },
    ),
    { numRuns: 60 },
  )
})

test('events that arrive in another order give the same people and figures', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyEvent, { minLength: 1, maxLength: 15 }), fc.nat(), async (raws, turn) => {
      const rotated = [...raws.slice(turn % raws.length), ...raws.slice(0, turn % raws.length)].toReversed()
      expect(await settledState(openMemoryStorage(), rotated.map(withoutUserId), 4)).toEqual(
        await settledState(openMemoryStorage(), raws.map(withoutUserId), 1),
      )
    }),
    { numRuns: 40 },
  )
})

const context = { source: 'test', maxEventBytes: 32_768 }
let serial = 0

const anyEvent = fc
  .record({
    user: fc.constantFrom('u', 'v', undefined),
    anonymous: fc.constantFrom('a', 'b', 'c'),
    email: fc.constantFrom('x@example.com', undefined),
    total: fc.integer({ min: 1, max: 9 }),
    second: fc.integer({ min: 0, max: 50 }),
  })
  .map(({ user, anonymous: anonymousId, email, total, second }) => ({
    type: 'track',
    event: 'Order Completed',
    messageId: `m${serial++}`,
    ...(user === undefined ? {} : { userId: user }),
    anonymousId,
    timestamp: new Date(NOW - second * 1000).toISOString(),
    properties: { order_id: `o${serial}`, total },
    context: { traits: { ...(email === undefined ? {} : { email }), shoe: total } },
  }))

/** Without user ids no rule refuses a link, so people depend on the links alone and not on their order. */
function withoutUserId(raw: Record<string, unknown>): Record<string, unknown> {
  const { userId, ...rest } = raw
  return userId === undefined
    ? rest
    : { ...rest, externalIds: [{ type: 'crm', id: userId, collection: 'users' }] }
}

function start(storage: Storage, feed = createMemoryFeed(), clock = () => NOW): EventPath {
  const path = createEventPath({
    storage,
    feed,
    clock,
    log: silentLog(),
    currency: 'USD',
    pollMs: 1,
  })
  open.push(path)
  return path
}

function identify(userId: string, traits: Record<string, unknown>): Record<string, unknown> {
  return { type: 'identify', userId, messageId: `m${serial++}`, traits }
}

function completed(userId: string, orderId: string, total: number): Record<string, unknown> {
  const properties = { order_id: orderId, total }
  return { type: 'track', event: 'Order Completed', userId, messageId: `m${serial++}`, properties }
}

async function view(storage: Storage, key: string): Promise<JsonViewed | undefined> {
  const id = homeProfile(key)
  return (await storage.profiles.get([id])).get(id)?.view
}

type JsonViewed = NonNullable<
  Awaited<ReturnType<Storage['profiles']['get']>> extends Map<string, infer P> ? P : never
>['view']

/** A timeout is an unknown outcome: the client sends the same again. */
async function acceptUntilStored(path: EventPath, raw: unknown): Promise<void> {
  for (;;) {
    const accepted = await path.accept([raw], context).catch(() => null)
    if (accepted) return
  }
}

/** What readers see of everybody once all is settled; the people as groups of keys, apart from which profile holds them. */
async function settledState(storage: Storage, raws: readonly unknown[], batch: number): Promise<string[]> {
  const path = start(storage)
  for (let i = 0; i < raws.length; i += batch) await path.accept(raws.slice(i, i + batch), context)
  await path.worker.settled()
  expect(await storage.events.stats()).toMatchObject({ pending: 0, parked: 0 })
  const profiles = await storage.profiles.get(await storage.profiles.list(null, 1000))
  for (const profile of profiles.values()) expect(profile.outbox).toEqual([])
  await path[Symbol.asyncDispose]()
  return [...profiles.values()].map(({ view: seen }) => canonicalJson(seen as unknown as JsonValue)).sort()
}

test('a worker tells what it has written, whoever looks for what is left lying', async () => {
  await using storage = openMemoryStorage()
  const hints: Work[] = []
  await using path = createEventPath({
    storage,
    feed: createMemoryFeed(),
    clock: () => NOW,
    log: silentLog(),
    currency: 'EUR',
    share: () => ({ after: null, below: null, does: (step) => step !== 'relay' }),
    onWork: (work) => hints.push(work),
  })
  await path.accept([identify('ada', { firstName: 'Ada' })], context)
  await eventually(async () => {
    expect(await storage.profiles.stats()).toMatchObject({ profiles: 1, outbox: 0 })
  })
  expect(hints).toEqual(['events'])
})
