import { describe, expect, it } from 'vitest'
import type { Event, EventType } from '../events/event.ts'
import type { JsonObject } from '../json.ts'
import { PRODUCTS_KEPT, RECENT_KEPT } from './limits.ts'
import type { ProfileState } from './profile.ts'
import { emptyState, foldEvents } from './state.ts'
import { profileView } from './view.ts'

const options = { currency: 'GBP' }

function event(key: string, time: number, type: EventType, body: JsonObject, name: string = type): Event {
  const rest = { trailId: 't', identity: 'userId:u', source: 's', bodyHash: '', pairs: [] }
  return { ...rest, key, messageId: key, type, name, time, receivedAt: time, body }
}

function track(key: string, time: number, name: string, properties: JsonObject): Event {
  return event(key, time, 'track', { properties }, name)
}

function folded(...events: Event[]): ProfileState {
  return foldEvents(emptyState(), events, options)
}

describe('traits', () => {
  it('are each what was said last, by the time of the event', () => {
    const late = event('a', 20, 'identify', { traits: { plan: 'gold', city: 'Paris' } })
    const early = event('b', 10, 'identify', { traits: { plan: 'free', name: 'Ada' } })
    expect({ ...folded(late, early).traits }).toEqual({
      plan: { value: 'gold', at: 20, key: 'a' },
      city: { value: 'Paris', at: 20, key: 'a' },
      name: { value: 'Ada', at: 10, key: 'b' },
    })
  })

  it('come from identify and from any event’s context, not from a group', () => {
    const seen = event('a', 1, 'page', { context: { traits: { city: 'Rome' } } })
    const group = event('b', 2, 'group', { traits: { name: 'Acme' } })
    const both = event('c', 3, 'identify', {
      traits: { plan: 'x' },
      context: { traits: { plan: 'y', age: 9 } },
    })
    const { traits } = folded(seen, group, both)
    expect(Object.entries(traits).map(([field, { value }]) => [field, value])).toEqual([
      ['city', 'Rome'],
      ['plan', 'x'],
      ['age', 9],
    ])
  })

  it('of names or values that are too long are not kept, which can be seen', () => {
    const long = event('b', 20, 'identify', {
      traits: { bio: 'x'.repeat(3_000), ['n'.repeat(201)]: 1, tags: ['x'.repeat(3_000)] },
    })
    const state = folded(event('a', 10, 'identify', { traits: { bio: 'short' } }), long)
    expect({ ...state.traits }).toEqual({
      bio: { value: null, at: 20, key: 'b', chars: 3_002 },
      tags: { value: null, at: 20, key: 'b', chars: 3_004 },
    })
    expect(profileView(state, []).omitted).toEqual(['traits', 'traits.bio', 'traits.tags'])
  })

  it('remember that they were removed', () => {
    const removed = event('a', 20, 'identify', { traits: { plan: null } })
    const earlier = event('b', 10, 'identify', { traits: { plan: 'free' } })
    expect(folded(removed, earlier).traits['plan']).toEqual({ value: null, at: 20, key: 'a' })
  })
})

describe('orders', () => {
  const lines = [
    { product_id: 'p1', quantity: 3, price: 0.335 },
    { product_id: 'p2', price: '2' },
    { product_id: 'p3', quantity: 2 },
  ]

  it('amount to their total, else their revenue, else their lines', () => {
    const state = folded(
      track('a', 1, 'Order Completed', { order_id: 'o1', total: 25.5, revenue: 20, products: lines }),
      track('b', 1, 'Order Completed', { order_id: 'o2', total: 'n/a', revenue: '20', products: lines }),
      track('c', 1, 'Order Completed', { order_id: 'o3', products: lines, currency: 'eur' }),
      track('d', 1, 'Order Completed', { order_id: 'o4', products: lines, currency: 'JPY' }),
    )
    expect(Object.values(state.purchases).map(({ order }) => [order?.gross, order?.currency])).toEqual([
      [2550, 'GBP'],
      [2000, 'GBP'],
      [301, 'EUR'],
      [3, 'JPY'],
    ])
  })

  it('count once for an order_id, with the amount told last and the first time', () => {
    const state = folded(
      track('b', 20, 'Order Updated', { order_id: 'o1', total: 30 }),
      track('a', 10, 'Completed Order', { order_id: 'o1', total: 25 }),
      track('c', 30, 'order-updated', { order_id: 'o1', status: 'shipped' }),
    )
    expect({ ...state.purchases }).toEqual({
      'o:o1': { order: { gross: 3000, currency: 'GBP', orderedAt: 10, at: 20, key: 'b' }, heardAt: 30 },
    })
  })

  it('count by their event when they have no order_id, and at nothing when no amount was told', () => {
    const state = folded(track('a', 1, 'Order Completed', {}), track('b', 2, 'Order Completed', { total: 5 }))
    expect({ ...state.purchases }).toEqual({
      'o:a': { order: { gross: null, currency: 'GBP', orderedAt: 1, at: 1, key: 'a' }, heardAt: 1 },
      'o:b': { order: { gross: 500, currency: 'GBP', orderedAt: 2, at: 2, key: 'b' }, heardAt: 2 },
    })
  })

  it('tell what was bought, and looking or adding tells what was looked at', () => {
    const state = folded(
      track('a', 1, 'Order Completed', { products: lines }),
      track('b', 2, 'Product Viewed', { sku: 'p9' }),
      track('c', 3, 'Product Added', { product_id: 9 }),
      track('d', 4, 'Order Completed', { products: [{ id: 'p1' }] }),
    )
    expect({ ...state.bought }).toEqual({ p1: 4, p2: 1, p3: 1 })
    expect({ ...state.viewed }).toEqual({ p9: 2, 9: 3 })
  })
})

describe('refunds', () => {
  it('count once for a refund_id, else for the order_id, else for the event', () => {
    const state = folded(
      track('a', 1, 'Order Refunded', { order_id: 'o1', refund_id: 'r1', total: 5 }),
      track('b', 2, 'Order Refunded', { order_id: 'o1', refund_id: 'r2', total: -6 }),
      track('c', 3, 'Order Refunded', { order_id: 'o2', total: 7 }),
      track('d', 4, 'Order Refunded', { order_id: 'o2', total: 8 }),
      track('e', 5, 'Order Refunded', { products: [{ quantity: 2, price: 4.5 }] }),
    )
    expect(Object.entries(state.purchases).map(([ref, { refund }]) => [ref, refund?.amount])).toEqual([
      ['r:r1', 500],
      ['r:r2', 600],
      ['o:o2', 800],
      ['o:e', 900],
    ])
  })

  it('are about their order when they tell no amount, whatever id they have', () => {
    const cancelled = track('a', 1, 'Order Cancelled', { order_id: 'o1', refund_id: 'r1' })
    expect({ ...folded(cancelled).purchases }).toEqual({
      'o:o1': { refund: { amount: null, currency: 'GBP', at: 1, key: 'a' }, heardAt: 1 },
    })
  })
})

describe('what is remembered in time order', () => {
  it('is bounded to the newest', () => {
    const views = Array.from({ length: 120 }, (_, i) =>
      track(`k${i}`, i, 'Product Viewed', { product_id: `p${i}` }),
    )
    const state = foldEvents(folded(...views.slice(0, 70)), views.slice(70), options)
    expect(Object.keys(state.viewed)).toHaveLength(PRODUCTS_KEPT)
    expect(Object.values(state.viewed).every((at) => at >= 120 - PRODUCTS_KEPT)).toBe(true)
    expect(state.recent.map(({ time }) => time)).toEqual(
      Array.from({ length: RECENT_KEPT }, (_, i) => 119 - i),
    )
    expect([state.events, state.firstSeenAt, state.lastSeenAt]).toEqual([120, 0, 119])
  })
})
