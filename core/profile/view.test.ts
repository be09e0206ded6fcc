import { describe, expect, it } from 'vitest'
import type { ProfileState, ProfileView, Purchase, RefundState } from './profile.ts'
import { emptyState } from './state.ts'
import {
  changedFields,
  MAX_SEARCH_TERMS,
  profileView,
  RECENT_ORDERS_KEPT,
  searchTerms,
  traitOf,
} from './view.ts'

function order(gross: number, orderedAt: number, currency = 'GBP', refund?: RefundState): Purchase {
  const order = { gross, currency, orderedAt, at: orderedAt, key: `k${orderedAt}` }
  return { order, ...(refund && { refund }), heardAt: orderedAt }
}

function refund(amount: number | null): RefundState {
  return { amount, currency: 'GBP', at: 9, key: 'r' }
}

const currencies = { GBP: { first: 10, last: 30 }, JPY: { first: 20, last: 20 } }

function view(state: Partial<ProfileState>, keys: string[] = []): ProfileView {
  return profileView({ ...emptyState(), ...state }, keys)
}

/** As a store gives it back. */
function stored(view: ProfileView): ProfileView {
  return JSON.parse(JSON.stringify(view))
}

describe('profileView', () => {
  it('puts identities in the order of what they tell', () => {
    const keys = ['crm:1', 'anonymousId:a', 'phone:+44123456', 'email:b@x.org', 'email:a@x.org', 'userId:u']
    expect(view({}, [...keys, 'crm:1']).identities).toEqual([
      'userId:u',
      'email:a@x.org',
      'email:b@x.org',
      'phone:+44123456',
      'anonymousId:a',
      'crm:1',
    ])
  })

  it('adds up each currency by itself', () => {
    const purchases = {
      'o:1': order(2550, 10),
      'o:2': order(-50, 30),
      'o:3': order(900, 20, 'JPY'),
      'r:1': { refund: refund(300), heardAt: 9 },
    }
    expect(view({ purchases, currencies }).metrics).toEqual({
      GBP: { orders: 2, grossRevenue: 2500, refunded: 300, firstOrderAt: 10, lastOrderAt: 30 },
      JPY: { orders: 1, grossRevenue: 900, refunded: 0, firstOrderAt: 20, lastOrderAt: 20 },
    })
  })

  it('takes back the whole of an order whose refund told no amount, in the order’s currency', () => {
    const purchases = {
      'o:1': order(900, 20, 'JPY', refund(null)),
      'o:gone': { refund: refund(null), heardAt: 9 },
    }
    const { metrics } = view({ purchases, currencies })
    expect(metrics['JPY']?.refunded).toBe(900)
    expect(metrics['GBP']?.refunded).toBe(0)
  })

  it('shows traits in order of name, without those that were removed', () => {
    const traits = {
      plan: { value: null, at: 2, key: 'b' },
      lastName: { value: 'Lovelace', at: 1, key: 'a' },
      firstName: { value: 'Ada', at: 1, key: 'a' },
    }
    expect(Object.entries(view({ traits }).traits)).toEqual([
      ['firstName', 'Ada'],
      ['lastName', 'Lovelace'],
    ])
  })

  it('has no trait that was not sent, whatever every object inherits', () => {
    const shown = stored(view({}))
    expect([traitOf(shown, 'constructor'), traitOf(shown, '__proto__')]).toEqual([null, null])
  })

  it('keeps the newest orders and products, newest first', () => {
    const purchases = Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`o:o${i}`, order(100, i)]))
    const shown = view({ purchases, bought: { p1: 5, p3: 7, p2: 7 } })
    expect(shown.recentOrders).toHaveLength(RECENT_ORDERS_KEPT)
    expect(shown.recentOrders[0]).toEqual({
      orderId: 'o24',
      key: 'k24',
      orderedAt: 24,
      gross: 100,
      currency: 'GBP',
    })
    expect(shown.bought.map(({ productId }) => productId)).toEqual(['p2', 'p3', 'p1'])
  })
})

describe('changedFields', () => {
  const traits = { email: { value: 'ada@example.com', at: 1, key: 'a' } }
  const before = view({ events: 1, firstSeenAt: 1, lastSeenAt: 1, traits }, ['userId:u'])

  it('is empty when nothing reads differently', () => {
    const again = view({ events: 1, firstSeenAt: 1, lastSeenAt: 1, traits: structuredClone(traits) }, [
      'userId:u',
    ])
    expect(changedFields(before, again)).toEqual([])
    expect(changedFields(before, stored(before))).toEqual([])
    expect(changedFields(null, view({}))).toEqual([])
  })

  it('names what somebody new has', () => {
    expect(changedFields(null, before)).toEqual([
      'identities',
      'email',
      'firstSeenAt',
      'lastSeenAt',
      'eventCount',
      'traits',
      'events',
    ])
  })

  it('names every field that the same part of the view answers', () => {
    const bought = { ...before, eventCount: 2, bought: [{ productId: 'p', at: 2 }] }
    expect(changedFields(before, bought)).toEqual(['eventCount', 'events', 'recommendations'])
    const moved = { ...before, traits: { email: 'a@x.org', locale: 'de' } }
    expect(changedFields(before, moved)).toEqual(['email', 'locale', 'traits'])
    const agreed = { ...before, traits: { ...before.traits, consent: { marketing: true } } }
    expect(changedFields(before, agreed)).toEqual(['traits', 'consent'])
  })
})

describe('searchTerms', () => {
  it('are the words of names, e-mail addresses and other identities', () => {
    const traits = {
      firstName: { value: 'José', at: 1, key: 'a' },
      lastName: { value: "O'Brien", at: 1, key: 'a' },
      email: { value: 'Jose@Example.com', at: 1, key: 'a' },
    }
    expect(searchTerms(view({ traits }, ['userId:U-17', 'email:jose@example.com']))).toEqual([
      'jose',
      "o'brien",
      'o',
      'brien',
      'jose@example.com',
      'example',
      'com',
      'u-17',
    ])
  })

  it('are bounded, and short', () => {
    const keys = Array.from({ length: 60 }, (_, i) => `anonymousId:${'x'.repeat(500)}${i}-${i}`)
    const terms = searchTerms(
      view({ traits: { firstName: { value: 'Ada '.repeat(900), at: 1, key: 'a' } } }, keys),
    )
    expect(terms).toEqual(['ada', 'x'.repeat(64)])
    const many = Array.from({ length: 60 }, (_, i) => `anonymousId:a${i}`)
    expect(searchTerms(view({}, many))).toHaveLength(MAX_SEARCH_TERMS)
  })
})
