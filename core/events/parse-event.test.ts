import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hash128, lengthPrefixed, sha256 } from '../hash.ts'
import { canonicalJson, type JsonObject } from '../json.ts'
import type { Event } from './event.ts'
import { parseEvent, type ParseContext } from './parse-event.ts'

const noon = Date.UTC(2024, 0, 15, 12)

const context: ParseContext = {
  source: 'web',
  receivedAt: noon,
  maxBytes: 32_768,
  newMessageId: () => 'made-here',
}

function accepted(raw: unknown, more: Partial<ParseContext> = {}): Event {
  const result = parseEvent(raw, { ...context, ...more })
  if (!result.ok) throw new Error(`${result.code}: ${result.reason}`)
  return result.event
}

function refused(raw: unknown, more: Partial<ParseContext> = {}): string {
  const result = parseEvent(raw, { ...context, ...more })
  return result.ok ? 'accepted' : `${result.code}: ${result.reason}`
}

function nested(levels: number): JsonObject {
  let value: JsonObject = {}
  for (let i = 1; i < levels; i++) value = { a: value }
  return value
}

describe('an accepted event', () => {
  it('has the keys, the time and the body that the log keeps', () => {
    const event = accepted({
      type: 'track',
      event: ' Product Viewed ',
      userId: 17850,
      messageId: 'm-1',
      timestamp: '2024-01-15T11:59:00Z',
      sentAt: '2024-01-15T12:00:00Z',
      writeKey: 'secret',
      _metadata: { retryCount: 2 },
      properties: { product_id: '85123A' },
    })
    const body = {
      type: 'track',
      event: ' Product Viewed ',
      userId: 17850,
      timestamp: '2024-01-15T11:59:00Z',
      properties: { product_id: '85123A' },
    }
    expect(event).toEqual({
      key: hash128(lengthPrefixed(['userId', '17850', 'web', 'm-1'])),
      trailId: hash128(lengthPrefixed(['userId', '17850'])),
      identity: 'userId:17850',
      source: 'web',
      messageId: 'm-1',
      type: 'track',
      name: 'Product Viewed',
      time: noon - 60_000,
      receivedAt: noon,
      body,
      bodyHash: sha256(canonicalJson(body)),
      pairs: [],
    })
  })

  it('is of one trail however its identifier is written, and an event by itself each time', () => {
    const email = 'someone.with.letters@example.com'
    const events = Array.from({ length: 10_000 }, (_, i) => {
      const written = Array.from(email, (c, at) => ((i >> at) & 1 ? c.toUpperCase() : c)).join('')
      return accepted({ type: 'page', context: { traits: { email: written } }, messageId: 'm' })
    })
    expect(new Set(events.map(({ trailId }) => trailId))).toEqual(
      new Set([hash128(lengthPrefixed(['email', email]))]),
    )
    expect(new Set(events.map(({ key }) => key)).size).toBeGreaterThan(1_000)
  })

  it('has the same key and hash when an SDK sends it again', () => {
    const event = { type: 'track', event: 'A', anonymousId: 'a1', messageId: 'm-1', timestamp: noon }
    const first = accepted({ ...event, sentAt: noon + 1, _metadata: { retryCount: 0 } })
    const again = accepted(
      { ...event, sentAt: noon + 9, _metadata: { retryCount: 3 } },
      { receivedAt: noon + 60_000 },
    )
    expect([again.key, again.bodyHash]).toEqual([first.key, first.bodyHash])
  })

  it('is the same through /v1/track, without a type, as in a batch', () => {
    const typed = accepted({ type: 'track', event: 'A', userId: 'u' })
    expect(accepted({ event: 'A', userId: 'u' }, { defaultType: 'track' })).toEqual(typed)
  })

  it('has another hash when anything in it differs', () => {
    const event = { type: 'track', event: 'A', userId: 'u', messageId: 'm' }
    const first = accepted({ ...event, properties: { total: 1 } })
    const other = accepted({ ...event, properties: { total: 2 } })
    expect(other.key).toBe(first.key)
    expect(other.bodyHash).not.toBe(first.bodyHash)
  })

  it('has the batch’s context below its own', () => {
    const event = accepted(
      { type: 'page', userId: 'u', context: { locale: 'de' } },
      { defaultContext: { locale: 'en', ip: '::1' } },
    )
    expect(event.body['context']).toEqual({ locale: 'de', ip: '::1' })
  })

  it('is given a message id when it brings none', () => {
    expect(accepted({ type: 'page', userId: 'u' }).messageId).toBe('made-here')
    expect(accepted({ type: 'page', userId: 'u', messageId: ' ' }).messageId).toBe('made-here')
  })

  it('is named by its page or screen, else by its type', () => {
    expect(accepted({ type: 'page', name: 'Home', userId: 'u' }).name).toBe('Home')
    expect(accepted({ type: 'screen', userId: 'u' }).name).toBe('screen')
    expect(accepted({ type: 'identify', userId: 'u' }).name).toBe('identify')
  })

  it('has no NUL and no half of a surrogate pair anywhere', () => {
    const event = accepted({
      type: 'track',
      event: 'cut \ud83d',
      userId: 'u',
      properties: { 'a\0': ['\0', '😀', '\\u0000'] },
    })
    expect(event.name).toBe('cut \ufffd')
    expect(event.body['properties']).toEqual({ 'a\ufffd': ['\ufffd', '😀', '\\u0000'] })
  })

  it('may have many more keys in all than in one object', () => {
    const products = Array.from({ length: 1_114 }, (_, i) => ({ product_id: i, quantity: 1, price: 2.5 }))
    const order = { type: 'track', event: 'Order Completed', userId: 'u', properties: { products } }
    expect(refused(order, { maxBytes: 524_288 })).toBe('accepted')
  })
})

describe('a refused event says why', () => {
  const userId = 'u'

  it.each([
    [null, 'EVENT_NOT_OBJECT: expected a JSON object, got null'],
    [[], 'EVENT_NOT_OBJECT: expected a JSON object, got a list'],
    ['{}', 'EVENT_NOT_OBJECT: expected a JSON object, got "{}"'],
    [
      { userId },
      'EVENT_TYPE_UNKNOWN: type: expected one of track, identify, page, screen, group, alias, got nothing',
    ],
    [
      { type: 'Track', userId },
      'EVENT_TYPE_UNKNOWN: type: expected one of track, identify, page, screen, group, alias, got "Track"',
    ],
    [{ type: 'track', userId }, 'EVENT_NAME_MISSING: event: expected the name of what happened, got nothing'],
    [
      { type: 'track', event: ' ', userId },
      'EVENT_NAME_MISSING: event: expected the name of what happened, got " "',
    ],
    [
      { type: 'track', event: 5, userId },
      'EVENT_FIELD_INVALID: event: expected text of at most 200 characters, got 5',
    ],
    [
      { type: 'page' },
      'EVENT_NO_IDENTITY: expected a userId, an anonymousId, or another identifier that is no placeholder such as "null" or "0"',
    ],
    [
      { type: 'page', userId: { id: 5 } },
      'EVENT_FIELD_INVALID: userId: expected text of 1 to 512 characters, got an object',
    ],
    [
      { type: 'page', userId: 'a\0b' },
      'EVENT_FIELD_INVALID: userId: expected text without control characters, got "a\\u0000b"',
    ],
    [
      { type: 'page', userId, messageId: true },
      'EVENT_FIELD_INVALID: messageId: expected text of 1 to 200 characters, got true',
    ],
    [
      { type: 'page', userId, properties: 'none' },
      'EVENT_FIELD_INVALID: properties: expected an object, got "none"',
    ],
    [{ type: 'page', userId, context: [] }, 'EVENT_FIELD_INVALID: context: expected an object, got a list'],
    [{ type: 'identify', userId, traits: 5 }, 'EVENT_FIELD_INVALID: traits: expected an object, got 5'],
    [
      { type: 'page', userId, timestamp: 'soon' },
      'EVENT_TIME_INVALID: timestamp: expected a time from 1970 to 9999, as RFC 3339 text or milliseconds since 1970, got "soon"',
    ],
    [
      { type: 'page', userId, a: [{ constructor: 1 }] },
      'EVENT_KEY_FORBIDDEN: the key "constructor" is not accepted; rename it',
    ],
    [
      JSON.parse('{"type":"page","userId":"u","properties":{"__proto__":{"admin":true}}}'),
      'EVENT_KEY_FORBIDDEN: the key "__proto__" is not accepted; rename it',
    ],
    [{ type: 'page', userId, a: undefined }, 'EVENT_FIELD_INVALID: "a": expected a JSON value, got nothing'],
    [
      { type: 'page', userId, a: new Map() },
      'EVENT_FIELD_INVALID: "a": expected a JSON value, got an instance of a class',
    ],
    [{ type: 'page', userId, a: Number.NaN }, 'EVENT_FIELD_INVALID: "a": expected a JSON value, got NaN'],
  ])('%j', (raw, reason) => {
    expect(refused(raw)).toBe(reason)
  })

  it('for size, counted in bytes and without transport fields', () => {
    const event = { type: 'page', userId, title: 'é'.repeat(50) }
    const bytes = Buffer.byteLength(canonicalJson(event))
    expect(refused({ ...event, writeKey: 'x' }, { maxBytes: bytes })).toBe('accepted')
    expect(refused(event, { maxBytes: bytes - 1 })).toBe(
      `EVENT_TOO_LARGE: expected at most ${bytes - 1} bytes, got at least ${bytes}`,
    )
  })

  it('for depth and for keys, also where only hostile JSON reaches', () => {
    const page = { type: 'page', userId }
    expect(refused({ ...page, a: nested(19) })).toBe('accepted')
    expect(refused({ ...page, a: nested(20) })).toBe('EVENT_TOO_DEEP: expected at most 20 levels of nesting')
    const hostile: JsonObject = JSON.parse(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)
    expect(refused({ ...page, ...hostile })).toBe('EVENT_TOO_DEEP: expected at most 20 levels of nesting')
    expect(refused(page, { defaultContext: hostile })).toBe(
      'EVENT_TOO_DEEP: expected at most 20 levels of nesting',
    )
    const wide = Object.fromEntries(Array.from({ length: 1_001 }, (_, i) => [`k${i}`, i]))
    expect(refused({ ...page, a: wide })).toBe(
      'EVENT_TOO_DEEP: expected at most 1000 keys in an object, got 1001',
    )
  })

  it('whatever is given: it never throws, and what is accepted can be stored', () => {
    const value = fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, maxDepth: 4 })
    const raw = fc.record(
      {
        type: fc.constantFrom('track', 'identify', 'group', 'alias'),
        event: fc.string({ unit: 'binary', maxLength: 9 }),
        userId: fc.oneof(fc.string({ unit: 'binary' }), value),
        traits: fc.oneof(fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()), value),
        properties: fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue()),
        timestamp: fc.oneof(fc.integer(), fc.string()),
      },
      { requiredKeys: ['type'] },
    )
    fc.assert(
      fc.property(raw, (event) => {
        const result = parseEvent(event, context)
        if (!result.ok) return
        expect(JSON.stringify(result.event)).not.toMatch(/[^\\](?:\\\\)*\\u0000/)
        const stored: Event = JSON.parse(JSON.stringify(result.event))
        expect(sha256(canonicalJson(stored.body))).toBe(result.event.bodyHash)
      }),
      { numRuns: 1_000 },
    )
  })
})
