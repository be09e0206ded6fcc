import { describe, expect, it, test } from 'vitest'
import { parseEvent } from '../events/parse-event.ts'
import type { JsonObject } from '../json.ts'
import { emptyState, foldEvents } from '../profile/state.ts'
import { normalizeCountry } from './country.ts'
import { normalizeEmail } from './email.ts'
import { normalizeLocale } from './locale.ts'
import { normalizePhone } from './phone.ts'
import { createRulesFor, type LookupTables } from './rules.ts'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const DAY_MS = 86_400_000
const lookups: LookupTables = {
  '*': { country: { Albion: 'GB' } },
  'legacy shop': { country: { England: 'GB', 'Grand Duchy': 'LU' }, productId: { 'OLD-1': 'new-1' } },
}
const rulesFor = createRulesFor({ country: 'GB', lookups })

function parse(body: JsonObject, sourceName = 'shop') {
  const rules = rulesFor(sourceName)
  const context = { source: 's', receivedAt: NOW, maxBytes: 32_768, newMessageId: () => 'm' }
  const parsed = parseEvent({ messageId: 'm', ...body }, { ...context, rules, lateAfterMs: 90 * DAY_MS })
  if (!parsed.ok) throw new Error(parsed.reason)
  return parsed.event
}

describe('a normal form', () => {
  it.each([
    ['gb', 'GB'],
    ['GBR', 'GB'],
    [' united kingdom ', 'GB'],
    ['EIRE', 'IE'],
    ['The Netherlands', 'NL'],
    ['Côte d’Ivoire', 'CI'],
    ['cote d ivoire', 'CI'],
    ['U.S.A.', 'US'],
    ['St. Lucia', 'LC'],
    ['Bosnia & Herzegovina', 'BA'],
    ['Turkey', 'TR'],
    ['England', null],
    ['XX', null],
    ['', null],
  ])('of the country %j is %j', (raw, code) => {
    expect(normalizeCountry(raw)).toBe(code)
  })

  it.each([
    [' Ada@Example.COM', 'ada@example.com'],
    ['Ada@MÜLLER.example', 'ada@xn--mller-kva.example'],
    ['ada@例え.テスト', 'ada@xn--r8jz45g.xn--zckzah'],
    ['ada@ex/ample.ü', null],
    ['ada@１２７.0.0.1', null],
    ['Ada <ada@example.com>', null],
  ])('of the address %j is %j', (raw, email) => {
    expect(normalizeEmail(raw)).toBe(email)
  })

  it.each([
    ['020 7946 0958', 'GB', '+442079460958'],
    ['020 7946 0958', null, null],
    ['+44 (0)20 7946 0958', null, '+442079460958'],
    ['0044 20 7946 0958', null, '+442079460958'],
    ['(212) 555-0142', 'US', '+12125550142'],
    ['12345', 'GB', null],
    ['000000000', 'GB', null],
    ['call me', 'GB', null],
  ])('of the number %j in %j is %j', (raw, country, phone) => {
    expect(normalizePhone(raw, country)).toBe(phone)
  })

  it.each([
    ['en_gb', 'en-GB'],
    ['de_AT.UTF-8@euro', 'de-AT'],
    ['zh-hant-tw', 'zh-Hant-TW'],
    ['english', null],
    ['C', null],
  ])('of the locale %j is %j', (raw, tag) => {
    expect(normalizeLocale(raw)).toBe(tag)
  })
})

test('an event stays as it was sent; its normal forms stand beside it, and what has none is named', () => {
  const traits = {
    email: ' Ada@Example.com',
    phone: '020 7946 0958',
    country: 'Atlantis',
    locale: 'en_gb',
    createdAt: '2020-01-02T03:04:05+01:00',
    birthday: '1815-12-10',
    address: { country: 'Great Britain' },
    nickname: ' Countess ',
  }
  const event = parse({ type: 'identify', userId: 'ada', traits })
  expect(event.body['traits']).toEqual(traits)
  expect(event.meta).toEqual({
    normalised: {
      'traits.email': 'ada@example.com',
      'traits.phone': '+442079460958',
      'traits.locale': 'en-GB',
      'traits.createdAt': '2020-01-02T02:04:05.000Z',
      'traits.address.country': 'GB',
    },
    unnormalised: ['traits.country'],
  })
})

test('profiles are made from the normal forms, and keep as sent what has none', () => {
  const event = parse({
    type: 'identify',
    userId: 'ada',
    traits: { country: 'france', locale: 'gibberish!' },
  })
  const { traits } = foldEvents(emptyState(), [event], { currency: 'GBP' })
  expect(traits['country']?.value).toBe('FR')
  expect(traits['locale']?.value).toBe('gibberish!')
})

test('a table of a source maps what that source writes, and no other; one for all maps for all', () => {
  const england = { type: 'identify', userId: 'ada', traits: { country: ' ENGLAND ' } }
  expect(parse(england, 'legacy shop').meta).toEqual({ normalised: { 'traits.country': 'GB' } })
  expect(parse(england).meta).toEqual({ unnormalised: ['traits.country'] })
  const albion = { type: 'identify', userId: 'ada', traits: { country: 'albion' } }
  expect(parse(albion).meta).toEqual({ normalised: { 'traits.country': 'GB' } })
  expect(parse(albion, 'legacy shop').meta).toEqual({ normalised: { 'traits.country': 'GB' } })
})

test('a phone number without its country is read by what the event says of the person, else by the rules', () => {
  const phone = (traits: JsonObject, context: JsonObject = {}) =>
    parse({ type: 'identify', traits: { phone: '01 23 45 67 89', ...traits }, context }).identity
  expect(phone({ country: 'France' })).toBe('phone:+33123456789')
  expect(phone({}, { location: { country: 'FR' } })).toBe('phone:+33123456789')
  expect(phone({}, { locale: 'fr-FR' })).toBe('phone:+33123456789')
  expect(phone({ country: 'Atlantis' })).toBe('phone:+44123456789')
})

test('orders and their products are read through the tables', () => {
  const order = {
    type: 'track',
    event: 'Order Completed',
    userId: 'ada',
    properties: { order_id: 'o', currency: 'eur', products: [{ sku: ' old-1 ', price: 2 }, { sku: 'a\nb' }] },
  }
  const event = parse(order, 'legacy shop')
  expect(event.meta).toEqual({
    normalised: { 'properties.currency': 'EUR', 'properties.products.0.sku': 'new-1' },
    unnormalised: ['properties.products.1'],
  })
  expect(Object.keys(foldEvents(emptyState(), [event], { currency: 'GBP' }).bought)).toEqual(['new-1'])
})

test('an event from before the horizon is late, and counts', () => {
  const at = (ms: number) => parse({ type: 'page', userId: 'ada', timestamp: new Date(ms).toISOString() })
  expect(at(NOW - 90 * DAY_MS).meta).toBeUndefined()
  const late = at(NOW - 90 * DAY_MS - 1)
  expect(late.meta).toEqual({ late: true })
  expect(foldEvents(emptyState(), [late], { currency: 'GBP' })).toMatchObject({ events: 1 })
})
