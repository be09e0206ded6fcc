import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { silentLog } from '../platform/log.ts'
import { openEmbeddedStorage } from '../storage/embedded/open.ts'
import { createMemoryFeed } from '../stream/memory/feed.ts'
import { createEventPath } from './create-event-path.ts'

const NOW = Date.parse('2026-03-01T12:00:00Z')

/** An event with something in every field that is looked at. */
const EVENT = {
  event: 'Order Completed',
  name: 'Home',
  userId: 'ada',
  anonymousId: 'browser',
  previousId: 'old',
  groupId: 'company',
  timestamp: '2026-02-01T00:00:00Z',
  originalTimestamp: '2026-02-01T00:00:00Z',
  sentAt: '2026-02-01T00:00:00Z',
  integrations: { All: true },
  properties: {
    order_id: 'o-1',
    product_id: 'p',
    total: 5,
    revenue: 4,
    currency: 'GBP',
    email: 'ada@example.com',
    products: [
      { product_id: 'p', name: 'Lantern', price: 1, quantity: 2, category: 'c', image_url: 'https://x' },
    ],
  },
  traits: {
    email: 'ada@example.com',
    phone: '+441234567890',
    firstName: 'Ada',
    age: 36,
    address: { city: 'c' },
  },
  context: {
    traits: { email: 'ada@example.org', phone: '+441234567891' },
    externalIds: [{ id: '1', type: 'crm', collection: 'users', encoding: 'none' }],
    consent: { categoryPreferences: { advertising: true } },
    locale: 'en',
    ip: '127.0.0.1',
  },
}

const VALUES: readonly unknown[] = [
  { $gt: '' },
  { $where: 'sleep(1000)' },
  [],
  [{ $ne: 1 }],
  [['deep']],
  'NUL \0',
  '\ud800',
  '\udc00 half',
  '\u2028 \u202e',
  '$where',
  'a.b',
  'toString',
  'hasOwnProperty',
  '',
  ' ',
  'x'.repeat(300),
  'x'.repeat(30_000),
  '9999-99-99',
  '+275760-09-13T00:00:00.001Z',
  JSON.parse('1e400'),
  JSON.parse('-0'),
  2 ** 60,
  -1e308,
  5e-324,
  8.64e15 + 1,
  NaN,
  true,
  null,
  undefined,
  10n,
  new Date(NaN),
]

const KEYS = ['$set', 'a.b', '', 'toString', 'hasOwnProperty', 'NUL \0', '\ud800', '__proto__', 'constructor']

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'monogram-'))
})
afterEach(() => rm(dir, { recursive: true }))

test('whatever stands where in an event, it is refused by name or kept, and nothing of it stops the worker', async () => {
  await using storage = await openEmbeddedStorage({ dir, writer: 'inline' })
  const feed = createMemoryFeed()
  await using path = createEventPath({ storage, feed, currency: 'EUR', clock: () => NOW, log: silentLog() })
  const raws = ['track', 'identify', 'page', 'group', 'alias'].flatMap((type) => {
    const whole = { ...EVENT, type }
    const replaced = pathsOf(whole).flatMap((at) => VALUES.map((value) => withValue(whole, at, value)))
    return [...replaced, ...pathsOf(whole).flatMap((at) => KEYS.map((key) => withKey(whole, at, key)))]
  })
  const counts = { kept: 0, refused: 0 }
  for (let first = 0; first < raws.length; first += BATCH) {
    const batch = raws.slice(first, first + BATCH)
    const named = batch.map((raw, i) => (isMembers(raw) ? { messageId: `m-${first + i}`, ...raw } : raw))
    for (const result of await path.accept(named, { source: 'shop', maxEventBytes: 32_768 })) {
      counts[result.outcome === 'rejected' ? 'refused' : 'kept']++
      if (result.outcome !== 'rejected') continue
      expect(result).toMatchObject({ code: expect.stringMatching(/^EVENT_/), reason: expect.any(String) })
    }
  }
  await path.worker.settled()
  expect(await storage.events.stats()).toMatchObject({ pending: 0, parked: 0 })
  expect(counts.kept).toBeGreaterThan(3_000)
  expect(counts.refused).toBeGreaterThan(1_000)
  expect((await storage.profiles.list(null, 1_000)).length).toBeGreaterThan(10)
  expect(({} as Record<string, unknown>)['x']).toBeUndefined()
}, 60_000)

const BATCH = 500

type Path = readonly string[]

function pathsOf(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [at]
  return [at, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...at, key]))]
}

/** A copy in which the value stands at that path. */
function withValue(whole: unknown, [step, ...rest]: Path, value: unknown): unknown {
  if (step === undefined) return value
  if (Array.isArray(whole)) {
    return whole.map((inner, i) => (String(i) === step ? withValue(inner, rest, value) : inner))
  }
  const members = whole as Record<string, unknown>
  return { ...members, [step]: withValue(members[step], rest, value) }
}

/** A copy in which the member at that path has another member under this key, as it would come off a wire. */
function withKey(whole: unknown, at: Path, key: string): unknown {
  const member = JSON.parse(`{ ${JSON.stringify(key)}: { "x": 1 } }`) as unknown
  return withValue(whole, at, member)
}

function isMembers(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
