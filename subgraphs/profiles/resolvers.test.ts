import { describe, expect, test } from 'vitest'
import { homeProfile } from '../../core/identity/identity-key.ts'
import { createLoaders } from '../../loaders/create-loaders.ts'
import { aMark, anEvent, aRow, aTrail } from '../../storage/contract/documents.ts'
import { createMemoryFeed } from '../../stream/memory/feed.ts'
import { openMemoryStorage } from '../../tests/support/memory-storage.ts'
import { aPerson, aRequest, aTombstone, putPeople } from '../../tests/support/people.ts'
import { createProfilesSubgraph } from './index.ts'

const DAY_MS = 86_400_000
const NOW = Date.UTC(2012, 0, 1)
const ADA = 'userId:17850'
const adaId = homeProfile(ADA)

const ada = aPerson(
  ADA,
  {
    identities: [ADA, 'email:ada@example.com'],
    firstSeenAt: NOW - 30 * DAY_MS,
    lastSeenAt: NOW - DAY_MS,
    eventCount: 3,
    traits: {
      firstName: 'Ada',
      age: 36,
      email: ' Ada@Example.com',
      consent: { marketing: true, analytics: false, odd: 'yes' },
      nested: { list: [1, null] },
    },
    metrics: {
      GBP: {
        orders: 2,
        grossRevenue: 2_501,
        refunded: 400,
        firstOrderAt: NOW - 30 * DAY_MS,
        lastOrderAt: NOW - 3 * DAY_MS - 1,
      },
    },
    recentOrders: [
      { orderId: '536367', key: 'event-2', orderedAt: NOW - 3 * DAY_MS, gross: 1_501, currency: 'GBP' },
      { orderId: '536365', key: 'event-1', orderedAt: NOW - 30 * DAY_MS, gross: 1_000, currency: 'GBP' },
    ],
  },
  { version: 5 },
)

async function setUp() {
  const calls: string[] = []
  const storage = openMemoryStorage({ onCall: (name) => calls.push(name) })
  await putPeople(storage, ada)
  const subgraph = createProfilesSubgraph({
    storage,
    feed: createMemoryFeed(),
    loadersFor: createLoaders({ storage, currency: 'GBP' }),
    clock: () => NOW,
    undoMerge: () => Promise.reject(new Error('nothing is linked here')),
    currency: 'GBP',
  })
  const ask = (document: string, variables: Record<string, unknown> = {}) =>
    subgraph.execute({ document, variables, context: aRequest() })
  const askAda = async (fields: string) => {
    const { data, errors } = await ask(`{ profile(by: { kind: "userId", value: "17850" }) { ${fields} } }`)
    return errors ?? data?.['profile']
  }
  return { calls, storage, subgraph, ask, askAda }
}

describe('the profiles subgraph', () => {
  test('finds a person by id and by identity, however an address is written, and nobody by others', async () => {
    const { ask } = await setUp()
    const find = async (by: object) =>
      (await ask('query ($by: ProfileKey!) { profile(by: $by) { id } }', { by })).data?.['profile']
    expect(await find({ id: adaId })).toEqual({ id: adaId })
    expect(await find({ kind: 'userId', value: ' 17850 ' })).toEqual({ id: adaId })
    for (const by of [
      { id: 'p_nobody' },
      { id: 'NUL \0' },
      { kind: 'userId', value: 'nobody' },
      { kind: 'email', value: 'no address' },
      { kind: 'userId', value: 'null' },
      { kind: 'userId', value: 'NUL \0' },
    ]) {
      expect(await find(by)).toBeNull()
    }
  })

  test('follows identities that were linked, and profiles that were merged', async () => {
    const { storage, ask } = await setUp()
    await storage.identities.putRows([aRow('email:ada@example.com', { profileId: adaId })])
    const gone = aTombstone('anonymousId:a', adaId, 2)
    await putPeople(storage, gone)
    const by = [{ kind: 'email', value: ' ADA@example.com' }, { id: gone.id }]
    const { data } = await ask('query ($by: [ProfileKey!]!) { profiles(by: $by) { id } }', { by })
    expect(data?.['profiles']).toEqual([{ id: adaId }, { id: adaId }])
  })

  test.each([
    [{}, 'by: expected { id } or { kind, value }, got nothing'],
    [{ kind: 'userId' }, 'got { kind }'],
    [{ id: 'p', kind: 'userId', value: '1' }, 'got { id, kind, value }'],
    [{ kind: 'a:b', value: '1' }, 'by.kind'],
    [{ kind: '', value: '1' }, 'by.kind'],
  ])('refuses the key %j', async (by, message) => {
    const { ask } = await setUp()
    const { errors } = await ask('query ($by: ProfileKey!) { profile(by: $by) { id } }', { by })
    expect(errors?.[0]).toMatchObject({
      message: expect.stringContaining(message) as string,
      extensions: { code: 'BAD_USER_INPUT' },
    })
  })

  test('answers 500 keys of both forms in order, with one read of identities and one of profiles', async () => {
    const { calls, storage, ask } = await setUp()
    await putPeople(storage, ...Array.from({ length: 400 }, (_, i) => aPerson(`userId:${i}`)))
    const by = Array.from({ length: 500 }, (_, i) =>
      i % 2 ? { kind: 'userId', value: String(i) } : { id: homeProfile(`userId:${i}`) },
    )
    calls.length = 0
    const { data } = await ask('query ($by: [ProfileKey!]!) { profiles(by: $by) { id } }', { by })
    expect(data?.['profiles']).toEqual(
      by.map((_, i) => (i < 400 ? { id: homeProfile(`userId:${i}`) } : null)),
    )
    expect(calls).toEqual(['identities.rows', 'profiles.get'])

    const tooMany = await ask('query ($by: [ProfileKey!]!) { profiles(by: $by) { id } }', {
      by: [...by, { id: adaId }],
    })
    expect(tooMany.errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' })
  })

  test('lags by how long the oldest event waits that it does not show, and not at all when none does', async () => {
    const { storage, askAda } = await setUp()
    expect(await askAda('lagMs')).toEqual({ lagMs: 0 })
    await storage.events.append([
      anEvent('a', { identity: 'email:ada@example.com', receivedAt: NOW - 40 }),
      anEvent('b', { identity: ADA, receivedAt: NOW - 30 }),
      anEvent('c', { identity: 'userId:other', receivedAt: NOW - 900 }),
    ])
    expect(await askAda('lagMs')).toEqual({ lagMs: 40 })
    await storage.events.mark([aMark('a')])
    expect(await askAda('lagMs')).toEqual({ lagMs: 30 })
    await storage.events.mark([aMark('b')])
    expect(await askAda('lagMs')).toEqual({ lagMs: 0 })

    // Folded, and not in the profile yet.
    const home = homeProfile('email:ada@example.com')
    const applied = [{ key: 'a', attempt: 0, version: 1 }]
    await storage.trails.put([aTrail('t', 1, { home, applied })])
    expect(await askAda('lagMs')).toEqual({ lagMs: 40 })
    await storage.trails.clearDirty([{ id: 't', version: 1 }])
    expect(await askAda('lagMs')).toEqual({ lagMs: 0 })
  })

  test('tells who somebody is', async () => {
    const { askAda } = await setUp()
    expect(
      await askAda('version asOf identities { kind value } email firstName lastName firstSeenAt eventCount'),
    ).toEqual({
      version: 5,
      asOf: '2011-12-09T00:00:00.000Z',
      identities: [
        { kind: 'userId', value: '17850' },
        { kind: 'email', value: 'ada@example.com' },
      ],
      email: 'ada@example.com',
      firstName: 'Ada',
      lastName: null,
      firstSeenAt: '2011-12-02T00:00:00.000Z',
      eventCount: 3,
    })
  })

  test('tells traits as they were sent, and nothing that was not', async () => {
    const { askAda } = await setUp()
    expect(
      await askAda(
        'age: trait(key: "age") none: trait(key: "constructor") some: traits(keys: ["nested", "__proto__", "x"])',
      ),
    ).toEqual({ age: 36, none: null, some: { nested: { list: [1, null] } } })
    expect(await askAda('traits')).toEqual({ traits: ada.view.traits })
  })

  test('tells a consent only where it was said', async () => {
    const { askAda } = await setUp()
    expect(
      await askAda(
        'a: consent(purpose: "marketing") { purpose granted at } b: consent(purpose: "analytics") { granted } ' +
          'c: consent(purpose: "odd") { granted } d: consent(purpose: "toString") { granted }',
      ),
    ).toEqual({
      a: { purpose: 'marketing', granted: true, at: null },
      b: { granted: false },
      c: null,
      d: null,
    })
  })

  test('counts what was spent in one currency, as of now', async () => {
    const { askAda } = await setUp()
    const fields = `currency orders grossRevenue { amount currency } refunded { amount currency }
      revenue { amount currency } averageOrderValue { amount currency } firstOrderAt lastOrderAt
      rfm { recencyDays frequency monetary { amount currency } }`
    expect(await askAda(`metrics { ${fields} }`)).toEqual({
      metrics: {
        currency: 'GBP',
        orders: 2,
        grossRevenue: money(2_501),
        refunded: money(400),
        revenue: money(2_101),
        averageOrderValue: money(1_251),
        firstOrderAt: '2011-12-02T00:00:00.000Z',
        lastOrderAt: '2011-12-28T23:59:59.999Z',
        rfm: { recencyDays: 3, frequency: 2, monetary: money(2_101) },
      },
    })
    expect(await askAda(`metrics(currency: "eur") { ${fields} }`)).toEqual({
      metrics: {
        currency: 'EUR',
        orders: 0,
        grossRevenue: money(0, 'EUR'),
        refunded: money(0, 'EUR'),
        revenue: money(0, 'EUR'),
        averageOrderValue: null,
        firstOrderAt: null,
        lastOrderAt: null,
        rfm: { recencyDays: null, frequency: 0, monetary: money(0, 'EUR') },
      },
    })
    expect(await askAda('metrics(currency: "pounds") { orders }')).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT' } },
    ])
  })

  test('tells the newest orders', async () => {
    const { askAda } = await setUp()
    expect(
      await askAda('lastOrder { id orderId orderedAt total { amount } } recentOrders(first: 1) { orderId }'),
    ).toEqual({
      lastOrder: {
        id: 'event-2',
        orderId: '536367',
        orderedAt: '2011-12-29T00:00:00.000Z',
        total: { amount: 1_501 },
      },
      recentOrders: [{ orderId: '536367' }],
    })
    expect(await askAda('recentOrders(first: 21) { orderId }')).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT' } },
    ])
  })

  test('has no segments as long as none is defined', async () => {
    const { ask, askAda, subgraph } = await setUp()
    expect((await ask('{ segments { key } segment(key: "vip") { key } }')).data).toEqual({
      segments: [],
      segment: null,
    })
    expect(await askAda('segments { since } inSegment(key: "vip")')).toEqual({
      segments: [],
      inSegment: null,
    })
    const document = 'subscription { segmentChanged(key: "vip") { member } }'
    expect(await subgraph.subscribe({ document, context: aRequest() })).toMatchObject({
      errors: [{ extensions: { code: 'SEGMENT_UNKNOWN' } }],
    })
  })

  test('searches in pages that leave nobody out', async () => {
    const { storage, ask } = await setUp()
    await putPeople(storage, ...Array.from({ length: 25 }, (_, i) => aPerson(`email:bob${i}@example.com`)))
    const document = `query ($text: String!, $first: Int, $after: String) {
      searchProfiles(text: $text, first: $first, after: $after) {
        edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage endCursor } totalCount
      }
    }`
    type Answer = {
      edges: { node: { id: string } }[]
      pageInfo: { hasNextPage: boolean; endCursor: string }
      totalCount: number
    }
    const page = async (variables: object): Promise<Answer> =>
      (await ask(document, { text: ' BOB', ...variables })).data?.['searchProfiles'] as Answer
    const first = await page({})
    expect(first).toMatchObject({ pageInfo: { hasNextPage: true, hasPreviousPage: false }, totalCount: 25 })
    expect(first.edges).toHaveLength(20)
    const second = await page({ after: first.pageInfo.endCursor })
    expect(second).toMatchObject({ pageInfo: { hasNextPage: false, hasPreviousPage: true } })
    const ids = [...first.edges, ...second.edges].map(({ node }) => node.id)
    expect(new Set(ids).size).toBe(25)
    expect((await page({ text: '', first: 100 })).edges).toHaveLength(26)
    expect((await page({ text: 'nobody' })).edges).toEqual([])

    for (const wrong of [
      { after: 'nonsense' },
      { after: Buffer.from('p_1\0').toString('base64url') },
      { first: 0 },
      { first: 101 },
      { text: 'a b c d e f g h i' },
      { text: 'x'.repeat(201) },
    ]) {
      const { errors } = await ask(document, { text: 'bob', ...wrong })
      expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' })
    }
  })

  test('answers the gateway for references, null for nobody', async () => {
    const { ask } = await setUp()
    const representations = [
      { __typename: 'Profile', id: adaId },
      { __typename: 'Profile', id: 'p_nobody' },
    ]
    const document =
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Profile { firstName version } } }'
    expect((await ask(document, { r: representations })).data).toEqual({
      _entities: [{ firstName: 'Ada', version: 5 }, null],
    })
  })

  test('follows a profile live, with its fields', async () => {
    const { subgraph } = await setUp()
    const document = `subscription ($by: ProfileKey!, $resumeFrom: String) {
      profileChanged(by: $by, resumeFrom: $resumeFrom) { profile { firstName } from version changed mergedInto }
    }`
    const by = { kind: 'userId', value: '17850' }
    const results = await subgraph.subscribe({ document, variables: { by }, context: aRequest() })
    if (!(Symbol.asyncIterator in results)) throw new Error('the subscription did not begin')
    for await (const result of results) {
      expect(result.data).toEqual({
        profileChanged: { profile: { firstName: 'Ada' }, from: 5, version: 5, changed: [], mergedInto: null },
      })
      break
    }
    for (const variables of [
      { by, resumeFrom: 'x' },
      { by: { id: 'NUL \0' } },
      { by: { kind: 'userId', value: 'null' } },
    ]) {
      expect(await subgraph.subscribe({ document, variables, context: aRequest() })).toMatchObject({
        errors: [{ extensions: { code: 'BAD_USER_INPUT' } }],
      })
    }
  })
})

function money(amount: number, currency = 'GBP') {
  return { amount, currency }
}
