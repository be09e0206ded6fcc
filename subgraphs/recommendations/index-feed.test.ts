import { describe, expect, test } from 'vitest'
import type { Event } from '../../core/events/event.ts'
import { commerceMeaning } from '../../core/events/commerce.ts'
import { silentLog } from '../../platform/log.ts'
import { anEvent } from '../../storage/contract/documents.ts'
import { createMemoryFeed } from '../../stream/memory/feed.ts'
import type { Change } from '../../stream/ports.ts'
import { eventually } from '../../tests/support/eventually.ts'
import { createMemoryStores, openMemoryStorage } from '../../tests/support/memory-storage.ts'
import { createRecommendationIndex } from './index-feed.ts'
import { ORDER_EVENT_NAMES, orderBasket } from './order-baskets.ts'

function anOrder(key: string, productIds: string[], fields: Partial<Event> = {}): Event {
  const products = productIds.map((product_id) => ({ product_id }))
  return anEvent(key, {
    name: 'Order Completed',
    body: { type: 'track', properties: { order_id: key, products } },
    ...fields,
  })
}

const change: Change = { entity: 'Profile', id: 'p_1', from: 2, version: 2, changed: ['metrics'], at: 1 }

function setUp(onCall?: (name: string) => void) {
  const stores = createMemoryStores()
  const storage = openMemoryStorage({ stores, ...(onCall && { onCall }) })
  const feed = createMemoryFeed()
  const start = (lookBackIntervalMs = 60_000) =>
    createRecommendationIndex({ storage, feed, log: silentLog(), catchUpIntervalMs: 1, lookBackIntervalMs })
  return { storage, feed, start }
}

describe('the recommendation index', () => {
  test('counts the orders that are in the log when it starts, over many pages', async () => {
    const { storage, start } = setUp()
    const keys = Array.from({ length: 450 }, (_, i) => `order-${i}`)
    await storage.events.append(keys.map((key) => anOrder(key, ['a', 'b'])))
    await storage.events.append([
      anEvent('viewed'),
      anOrder('refund', ['a', 'c'], { name: 'Order Refunded' }),
    ])
    await using index = start()
    await index.ready
    expect(index.baskets.size).toBe(450)
    expect(index.baskets.neighbours('a').together).toEqual([450])
  })

  test('counts what comes later, once, when the feed tells of it or may have left it out', async () => {
    const { storage, feed, start } = setUp()
    await using index = start()
    await index.ready
    await storage.events.append([anOrder('1', ['a', 'b'])])
    await feed.append([change, change])
    await eventually(async () => expect(index.baskets.size).toBe(1))
    await storage.events.append([anOrder('2', ['a', 'b'])])
    await feed.append([{ ...change, changed: [] }])
    await eventually(async () => expect(index.baskets.size).toBe(2))
    expect(index.baskets.neighbours('a').together).toEqual([2])
  })

  test('takes a later event of an order as its amendment', async () => {
    const { storage, start } = setUp()
    const amended = anOrder('1', ['a', 'c'], { key: 'another', name: 'order updated', time: 2_000 })
    await storage.events.append([
      anOrder('1', ['a', 'b']),
      amended,
      anOrder('1', [], { key: 'total only', name: 'Order Updated', time: 3_000 }),
    ])
    await using index = start()
    await index.ready
    expect(index.baskets.neighbours('a').products.map(({ id }) => id)).toEqual(['c'])
  })

  test('asks again when the log cannot be read', async () => {
    let failures = 2
    const { storage, start } = setUp((name) => {
      if (name === 'events.scan' && failures-- > 0) throw new Error('the disk is busy')
    })
    await storage.events.append([anOrder('1', ['a', 'b'])])
    await using index = start()
    await index.ready
    expect(index.baskets.size).toBe(1)
  })

  test('begins again where the log was settled, and at the first page that was not', async () => {
    const { storage, feed } = setUp()
    const page = (orders: string[], next: string | null, settled: string) => ({
      events: orders.map((key) => ({ ...anOrder(key, ['a', 'b']), attempt: 0, folded: null })),
      next,
      settled,
    })
    /** The order "late" gets its place on the second page when that and the third have been read. */
    const readings = [
      { after: null, page: page(['1'], '1', '1') },
      { after: '1', page: page(['2'], '2', '1') },
      { after: '2', page: page(['3'], null, '3') },
      { after: '1', page: page(['late', '2'], '2', '2') },
      { after: '2', page: page(['3'], null, '3') },
      { after: '3', page: page([], null, '3') },
    ]
    const asked: (string | null)[] = []
    const scan = (_names: unknown, after: string | null) => {
      const reading = readings[Math.min(asked.push(after), readings.length) - 1]
      return Promise.resolve(reading?.page ?? page([], null, '3'))
    }
    await using index = createRecommendationIndex({
      storage: { events: { scan } as unknown as typeof storage.events },
      feed,
      log: silentLog(),
      catchUpIntervalMs: 1,
      lookBackIntervalMs: 5,
    })
    await eventually(async () => expect(asked.length).toBeGreaterThanOrEqual(readings.length))
    expect(asked.slice(0, readings.length)).toEqual(readings.map(({ after }) => after))
    expect(index.baskets.size).toBe(4)
    expect(index.baskets.neighbours('a').together).toEqual([4])
  })

  test('ends while it waits and while it has not begun, and lets nobody wait for it', async () => {
    const { start } = setUp()
    const waiting = start()
    await waiting.ready
    await waiting[Symbol.asyncDispose]()
    const early = start()
    await early[Symbol.asyncDispose]()
    await early.ready
  })
})

describe('the basket of an order', () => {
  test('is found in the log under names that mean an order', () => {
    for (const name of ORDER_EVENT_NAMES) expect(commerceMeaning({ type: 'track', name })).toBe('order')
  })

  test('is of its order id, else of its event, and of products that have an id', () => {
    const products = [{ product_id: 'a' }, { name: 'no id' }, { sku: 'b' }]
    const body = (properties: object) => ({ type: 'track', properties: { products, ...properties } })
    expect(orderBasket(anOrder('e1', [], { body: body({ order_id: 7 }) }))).toEqual({
      order: 'order:7',
      productIds: ['a', 'b'],
      at: 1_000,
    })
    expect(orderBasket(anOrder('e1', [], { body: body({}) }))?.order).toBe('event:e1')
    expect(orderBasket(anOrder('e1', []))).toBeNull()
    expect(orderBasket(anEvent('e1', { body: body({}) }))).toBeNull()
  })
})
