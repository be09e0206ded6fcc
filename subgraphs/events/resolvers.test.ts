import { describe, expect, test } from 'vitest'
import { homeProfile } from '../../core/identity/identity-key.ts'
import { createLoaders } from '../../loaders/create-loaders.ts'
import { anEvent } from '../../storage/contract/documents.ts'
import { openMemoryStorage } from '../../tests/support/memory-storage.ts'
import { aPerson, aRequest, putPeople } from '../../tests/support/people.ts'
import { createEventsSubgraph } from './index.ts'

const ADA = 'userId:17850'

const order = anEvent('order', {
  trailId: 'web',
  name: 'Order Completed',
  time: 3_000,
  body: {
    type: 'track',
    event: 'Order Completed',
    properties: {
      order_id: '536365',
      currency: 'gbp',
      products: [
        { product_id: '85123A', name: ' WHITE LANTERN ', quantity: 6, price: 2.55 },
        { product_id: 71053, quantity: '3', price: '0.125' },
        { sku: 'GIFT' },
        { name: 'without an id', price: 1 },
      ],
    },
  },
})
const viewed = anEvent('viewed', {
  trailId: 'app',
  time: 2_000,
  body: { type: 'track', properties: { product_id: 'CUP', price: 4, currency: 'JPY' } },
})
const identified = anEvent('identified', {
  trailId: 'web',
  type: 'identify',
  name: 'identify',
  time: 1_000,
  body: { type: 'identify', traits: { firstName: 'Ada' } },
})

async function setUp() {
  const calls: string[] = []
  const storage = openMemoryStorage({ onCall: (name) => calls.push(name) })
  await storage.events.append([order, viewed, identified, anEvent('other', { trailId: 'not hers' })])
  await putPeople(storage, aPerson(ADA, {}, { basis: { seq: 0, trails: { web: 2, app: 1 } } }))
  const subgraph = createEventsSubgraph({
    loadersFor: createLoaders({ storage, currency: 'GBP' }),
    currency: 'EUR',
  })
  const entities = async (
    representations: object[],
    selection: string,
    declared = '',
    variables: object = {},
  ) => {
    const document = `query ($r: [_Any!]! ${declared}) { _entities(representations: $r) { ${selection} } }`
    return subgraph.execute({
      document,
      variables: { r: representations, ...variables },
      context: aRequest(),
    })
  }
  const eventsOf = (selection: string, variables: object = {}) =>
    entities(
      [{ __typename: 'Profile', id: homeProfile(ADA) }],
      `... on Profile { events(types: $types, first: $first, after: $after) { ${selection} } }`,
      '$types: [String!], $first: Int, $after: String',
      variables,
    )
  return { calls, storage, entities, eventsOf }
}

describe('the events subgraph', () => {
  test('tells what a person did in all trails, newest first', async () => {
    const { eventsOf } = await setUp()
    const fields = 'id type name time receivedAt properties source messageId'
    const { data } = await eventsOf(`edges { node { ${fields} } } totalCount`)
    expect(data).toMatchObject({
      _entities: [
        {
          events: {
            totalCount: 3,
            edges: [
              { node: { id: 'order', name: 'Order Completed', time: '1970-01-01T00:00:03.000Z' } },
              {
                node: {
                  id: 'viewed',
                  source: 'shop',
                  messageId: 'message-viewed',
                  properties: { product_id: 'CUP' },
                },
              },
              { node: { id: 'identified', type: 'identify', properties: { firstName: 'Ada' } } },
            ],
          },
        },
      ],
    })
  })

  test('goes on after a cursor, and tells only the types that are asked for', async () => {
    const { eventsOf } = await setUp()
    const page = async (variables: object) => {
      const { data } = await eventsOf(
        'edges { node { id } } pageInfo { hasNextPage endCursor } totalCount',
        variables,
      )
      const [entity] = (data?.['_entities'] ?? []) as { events: EventPageAnswer }[]
      if (!entity) throw new Error('no entity was answered')
      const { edges, pageInfo, totalCount } = entity.events
      return { ids: edges.map(({ node }) => node.id), ...pageInfo, totalCount }
    }
    const first = await page({ first: 2 })
    expect(first).toMatchObject({ ids: ['order', 'viewed'], hasNextPage: true })
    expect(await page({ first: 2, after: first.endCursor })).toMatchObject({
      ids: ['identified'],
      hasNextPage: false,
    })
    expect(await page({ types: ['identify', 'Order Completed'] })).toMatchObject({
      ids: ['order', 'identified'],
      totalCount: 2,
    })
    expect((await page({ types: [] })).ids).toHaveLength(3)
    expect(await page({ types: ['unheard of'] })).toMatchObject({ ids: [], endCursor: null, totalCount: 0 })
  })

  test.each([
    { after: 'nonsense' },
    { after: Buffer.from('1,a\0').toString('base64url') },
    { after: Buffer.from(`${2 ** 53},a`).toString('base64url') },
    { first: 0 },
    { first: 101 },
    { types: ['NUL \0'] },
    { types: Array.from({ length: 21 }, (_, i) => `type ${i}`) },
  ])('refuses %j', async (variables) => {
    const { eventsOf } = await setUp()
    const { data, errors } = await eventsOf('totalCount', variables)
    expect(data).toEqual({ _entities: [{ events: null }] })
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' })
  })

  test('knows the lines of an order, with exact amounts in its currency', async () => {
    const { entities } = await setUp()
    const selection = `... on Order { lineCount lines {
      productId product { id } title quantity price { amount currency } total { amount currency } } }`
    const { data } = await entities(
      [
        { __typename: 'Order', id: 'order' },
        { __typename: 'Order', id: 'unknown' },
      ],
      selection,
    )
    expect(data?.['_entities']).toEqual([
      {
        lineCount: 3,
        lines: [
          {
            productId: '85123A',
            product: { id: '85123A' },
            title: 'WHITE LANTERN',
            quantity: 6,
            price: pence(255),
            total: pence(1_530),
          },
          {
            productId: '71053',
            product: { id: '71053' },
            title: null,
            quantity: 3,
            price: pence(13),
            total: pence(38),
          },
          { productId: 'GIFT', product: { id: 'GIFT' }, title: null, quantity: 1, price: null, total: null },
        ],
      },
      { lineCount: null, lines: null },
    ])
    const first = await entities(
      [{ __typename: 'Order', id: 'order' }],
      '... on Order { lines(first: 1) { title } }',
    )
    expect(first.data).toEqual({ _entities: [{ lines: [{ title: 'WHITE LANTERN' }] }] })
  })

  test('names the products of a track, in the list or by itself', async () => {
    const { eventsOf } = await setUp()
    const { data } = await eventsOf(
      'edges { node { products { productId quantity price { amount currency } } } }',
    )
    const products = [
      [{ productId: '85123A' }, { productId: '71053' }, { productId: 'GIFT', quantity: null, price: null }],
      [{ productId: 'CUP', quantity: null, price: { amount: 4, currency: 'JPY' } }],
      [],
    ]
    const edges = products.map((named) => ({ node: { products: named } }))
    expect(data).toMatchObject({ _entities: [{ events: { edges } }] })
  })

  test('reads the events of 100 people with one read of profiles and one of events', async () => {
    const { calls, storage, entities } = await setUp()
    const people = Array.from({ length: 100 }, (_, i) => aPerson(`userId:${i}`))
    await putPeople(storage, ...people)
    calls.length = 0
    const representations = people.map(({ id }) => ({ __typename: 'Profile', id }))
    await entities(representations, '... on Profile { events { totalCount edges { node { id } } } }')
    expect(calls).toEqual(['profiles.get', 'events.listByTrails', 'events.countByTrails'])
  })

  test('says what was found out when an event was accepted', async () => {
    const { storage, entities } = await setUp()
    const meta = {
      late: true,
      unnormalised: ['traits.phone'],
      normalised: { 'properties.currency': 'GBP' },
    } as const
    await storage.events.append([anEvent('marked', { trailId: 'app', time: 9_000, meta })])
    const representations = [{ __typename: 'Profile', id: homeProfile(ADA) }]
    const fields = '... on Profile { events(first: 2) { edges { node { id late unnormalised } } } }'
    const { data } = await entities(representations, fields)
    const nodes = [
      { node: { id: 'marked', late: true, unnormalised: ['traits.phone'] } },
      { node: { id: 'order', late: false, unnormalised: [] } },
    ]
    expect(data).toMatchObject({ _entities: [{ events: { edges: nodes } }] })
  })

  test('shows both bodies of a conflict, of the event and of the person', async () => {
    const { calls, storage, entities } = await setUp()
    const other = { type: 'track', properties: { product_id: 'BOWL' } }
    await storage.events.append([{ ...viewed, body: other, bodyHash: 'other', receivedAt: 7_000 }])
    calls.length = 0
    const { data } = await entities(
      [{ __typename: 'Profile', id: homeProfile(ADA) }],
      `... on Profile {
        conflicts { receivedAt body event { id properties } }
        events(first: 2) { edges { node { id conflicts(first: 1) { body } } } }
      }`,
    )
    expect(data).toMatchObject({
      _entities: [
        {
          conflicts: [
            {
              receivedAt: '1970-01-01T00:00:07.000Z',
              body: other,
              event: { id: 'viewed', properties: { product_id: 'CUP' } },
            },
          ],
          events: {
            edges: [
              { node: { id: 'order', conflicts: [] } },
              { node: { id: 'viewed', conflicts: [{ body: other }] } },
            ],
          },
        },
      ],
    })
    expect(calls.filter((call) => call === 'events.conflictsOf')).toHaveLength(1)
  })

  test('has nothing for somebody who is not known', async () => {
    const { entities } = await setUp()
    const { data } = await entities(
      [{ __typename: 'Profile', id: 'p_x' }],
      '... on Profile { events { totalCount } }',
    )
    expect(data).toEqual({ _entities: [{ events: null }] })
  })
})

function pence(amount: number) {
  return { amount, currency: 'GBP' }
}

interface EventPageAnswer {
  edges: { node: { id: string } }[]
  pageInfo: { hasNextPage: boolean; endCursor: string | null }
  totalCount: number
}
