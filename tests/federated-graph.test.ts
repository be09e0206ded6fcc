import type { ExecutionResult } from 'graphql'
import { describe, expect, test } from 'vitest'
import { homeProfile } from '../core/identity/identity-key.ts'
import { BasketIndex } from '../core/ranking/basket-index.ts'
import { anEvent, aProduct } from '../storage/contract/documents.ts'
import { createMemoryFeed } from '../stream/memory/feed.ts'
import { openMemoryStorage } from './support/memory-storage.ts'
import { createOwnGraph } from './support/own-graph.ts'
import { aPerson, aRequest, putPeople } from './support/people.ts'

const ADA = 'userId:17850'
const adaId = homeProfile(ADA)
const said = <T>(value: T) => ({ value, at: 1, key: 'order' })

/** The four subgraphs behind the gateway, as the product puts them together, over one person with one order. */
async function setUp() {
  const calls: string[] = []
  const storage = openMemoryStorage({ onCall: (name) => calls.push(name) })
  const feed = createMemoryFeed()
  const baskets = new BasketIndex()
  baskets.setBasket('536365', ['lantern', 'candle'], 1_000)
  await storage.products.put([
    aProduct('lantern', 1, { state: { title: said('LANTERN'), price: said(255), currency: said('GBP') } }),
    aProduct('candle', 1, { state: { title: said('CANDLE') } }),
  ])
  const properties = { order_id: '1', products: [{ product_id: 'lantern', quantity: 2, price: 2.55 }] }
  await storage.events.append([
    anEvent('order', { trailId: 'web', name: 'Order Completed', body: { type: 'track', properties } }),
  ])
  await putPeople(storage, ada(1))

  const gateway = await createOwnGraph({ storage, feed, now: 5_000, baskets })
  calls.length = 0
  return { calls, feed, gateway, storage }
}

function ada(version: number, events = ['web']) {
  return aPerson(
    ADA,
    {
      traits: { firstName: 'Ada' },
      recentOrders: [{ orderId: '1', key: 'order', orderedAt: 1_000, gross: 510, currency: 'GBP' }],
      bought: [{ productId: 'lantern', at: 1_000 }],
    },
    { version, basis: { seq: 0, trails: Object.fromEntries(events.map((trail) => [trail, 1])) } },
  )
}

const FOR_AN_EMAIL = `query ($by: [ProfileKey!]!) {
  profiles(by: $by) {
    firstName
    lastOrder { orderId total { amount } lines { quantity product { title price { amount } } } }
    events(types: ["Order Completed"], first: 1) { edges { node { name products { product { title } } } } totalCount }
    recommendations(first: 2) { product { title } reason { text product { title } } }
  }
}`

describe('the graph of all four subgraphs', () => {
  test('answers what an e-mail asks, reading each sort of document no more than once a step', async () => {
    const { calls, gateway } = await setUp()
    const by = [{ kind: 'userId', value: '17850' }, { id: 'p_nobody' }, { id: adaId }]
    const answer = await gateway.execute({ document: FOR_AN_EMAIL, variables: { by }, context: aRequest() })
    const expected = {
      firstName: 'Ada',
      lastOrder: {
        orderId: '1',
        total: { amount: 510 },
        lines: [{ quantity: 2, product: { title: 'LANTERN', price: { amount: 255 } } }],
      },
      events: {
        totalCount: 1,
        edges: [{ node: { name: 'Order Completed', products: [{ product: { title: 'LANTERN' } }] } }],
      },
      recommendations: [
        {
          product: { title: 'CANDLE' },
          reason: { text: 'Because you bought LANTERN', product: { title: 'LANTERN' } },
        },
      ],
    }
    expect(answer).toEqual({ data: { profiles: [expected, null, expected] } })
    expect(calls.toSorted()).toEqual([
      'events.countByTrails',
      'events.get',
      'events.listByTrails',
      'identities.rows',
      'products.get',
      'profiles.get',
    ])
  })

  test('answers the rest, with empty fields, when a product is in no catalogue', async () => {
    const { gateway, storage } = await setUp()
    const properties = { products: [{ product_id: 'unlisted', name: 'OLD CUP', quantity: 1 }] }
    await storage.events.append([
      anEvent('again', { trailId: 'web', time: 9, body: { type: 'track', properties } }),
    ])
    const document = `{ profile(by: { id: "${adaId}" }) {
      events(types: ["Product Viewed"]) { edges { node { products { productId product { title } } } } } } }`
    expect(await gateway.execute({ document, context: aRequest() })).toEqual({
      data: {
        profile: {
          events: { edges: [{ node: { products: [{ productId: 'unlisted', product: { title: null } }] } }] },
        },
      },
    })
  })

  test('tells a live change with what the other subgraphs know at that moment', async () => {
    const { feed, gateway, storage } = await setUp()
    const document = `subscription { profileChanged(by: { kind: "userId", value: "17850" }) {
      version profile { version events { totalCount } } } }`
    const results = await gateway.subscribe({ document, context: aRequest() })
    if (!(Symbol.asyncIterator in results)) throw new Error(JSON.stringify(results.errors))
    const messages = results[Symbol.asyncIterator]()
    expect(data(await messages.next())).toEqual(message(1, 1))

    await storage.events.append([anEvent('viewed', { trailId: 'app' })])
    await putPeople(storage, ada(2, ['web', 'app']))
    await feed.append([{ entity: 'Profile', id: adaId, from: 2, version: 2, changed: ['events'], at: 1 }])
    expect(data(await messages.next())).toEqual(message(2, 2))
    await messages.return?.()
  })
})

function data(item: IteratorResult<ExecutionResult>): unknown {
  return item.done ? 'ended' : (item.value.errors ?? item.value.data)
}

function message(version: number, totalCount: number) {
  return { profileChanged: { version, profile: { version, events: { totalCount } } } }
}
