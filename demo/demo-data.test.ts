import { readFileSync, statSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { parseEvent } from '../core/events/parse-event.ts'
import { DEMO_FILES, type DemoEvent, type DemoProduct, type FeaturedCustomer } from './demo-format.ts'
import { segmentEvent } from './shift-in-time.ts'

function ndjson<T>(file: string): T[] {
  const text = gunzipSync(readFileSync(`demo/${file}`)).toString()
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T)
}

const events = ndjson<DemoEvent>(DEMO_FILES.events)
const products = ndjson<DemoProduct>(DEMO_FILES.catalogue)
const traits = events.flatMap((event) =>
  event['traits'] === undefined ? [] : [event['traits'] as { email: string }],
)

test('is at most 3 MB', () => {
  const bytes = Object.values(DEMO_FILES).map((file) => statSync(`demo/${file}`).size)
  expect(bytes.reduce((a, b) => a + b)).toBeLessThan(3_000_000)
})

test('every event is one that a producer may send', () => {
  const now = Date.parse('2026-03-05T08:00:00.000Z')
  for (const event of events) {
    const raw = segmentEvent(event, now)
    const parsed = parseEvent(raw, {
      source: 'demo',
      receivedAt: now,
      maxBytes: 512 * 1024,
      newMessageId: () => 'none',
    })
    expect(parsed).toMatchObject({
      ok: true,
      event: { messageId: event.messageId, time: now - event.ago * 60_000 },
    })
  }
})

test('a person has one e-mail address, and no two have the same', () => {
  expect(new Set(traits.map(({ email }) => email)).size).toBe(360)
  expect(traits.length).toBe(360)
})

test('anonymous browsing is linked to a customer by a later login', () => {
  const logins = new Set(
    events.filter((event) => event['userId'] !== undefined).map((event) => event['anonymousId']),
  )
  const anonymous = new Set(events.flatMap((event) => (event['userId'] ? [] : [event['anonymousId']])))
  expect(anonymous.size).toBeGreaterThan(100)
  for (const id of anonymous) expect(logins.has(id)).toBe(true)
})

test('every product has a title and a price, and what is no goods is not for sale', () => {
  for (const { title, price } of products) expect(title.length > 0 && price > 0).toBe(true)
  expect(products.filter(({ inStock }) => inStock === false).map(({ id }) => id)).toEqual([
    'BANK CHARGES',
    'C2',
    'M',
    'POST',
  ])
})

test('featured customers are in it, with a recent order', () => {
  const featured = JSON.parse(readFileSync(`demo/${DEMO_FILES.featured}`, 'utf8')) as FeaturedCustomer[]
  expect(featured.length).toBeGreaterThanOrEqual(4)
  for (const { userId, orders } of featured) {
    const own = events.filter((event) => event['userId'] === userId && event['event'] === 'Order Completed')
    expect(own.length).toBe(orders)
    expect(Math.min(...own.map(({ ago }) => ago))).toBeLessThan(3 * 1_440)
  }
})
