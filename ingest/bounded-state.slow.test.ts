import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Event } from '../core/events/event.ts'
import { homeProfile } from '../core/identity/identity-key.ts'
import { canonicalJson, isJsonObject, type JsonValue } from '../core/json.ts'
import type { MetricsView, ProfileDocument, StateLimits } from '../core/profile/profile.ts'
import { foldEvents } from '../core/profile/state.ts'
import { createTrailLog } from '../core/profile/trail-log.ts'
import { silentLog } from '../platform/log.ts'
import type { Storage } from '../storage/ports.ts'
import { openMemoryStorage } from '../tests/support/memory-storage.ts'
import { recount } from '../tests/support/recount.ts'
import { createFold } from './fold.ts'
import { createMaterialise } from './materialise.ts'
import { createRebuild, type Rebuild } from './rebuild.ts'

/** So few that nearly everything is settled, recalled and settled again. */
const LIMITS: StateLimits = { purchases: 3, activity: 2, traits: 2, currencies: 3 }
const DAY = 86_400_000
const NOW = Date.parse('2026-03-01T12:00:00Z')
const CURRENCY = 'GBP'

const times = fc.oneof(
  fc.constantFrom(NOW, NOW - 7 * DAY, NOW - 7 * DAY + 1, NOW - 30 * DAY, NOW - 90 * DAY, NOW + 60_000),
  fc.integer({ min: 0, max: 400 }).map((half) => NOW + 60_000 - half * (DAY / 4)),
)
const order = fc.record({
  name: fc.constantFrom('Order Completed', 'Order Updated', 'Order Refunded', 'Order Cancelled'),
  properties: fc.record(
    {
      order_id: fc.constantFrom('1', '2', '3', '4', '5', 'constructor', ''),
      refund_id: fc.constantFrom('r1', 'r2', 'r3', 'r4'),
      total: fc.constantFrom(25.5, '10.25', 0, -3, 90_071_992_547_409.9),
      currency: fc.constantFrom('EUR', 'JPY'),
    },
    { requiredKeys: ['order_id'] },
  ),
})
const activity = fc.record({
  name: fc.constantFrom('Product Viewed', 'Product Added'),
  properties: fc.constant({}),
})
const sent = fc.tuple(fc.oneof(order, order, activity), times, fc.nat(2), fc.constantFrom('a', 'b', 'c', 'd'))

const logs = fc.array(sent, { maxLength: 40, size: 'max' }).map((list) =>
  list.map(([{ name, properties }, time, trail, field], i): Event => {
    const key = `${(i * 37) % 101}k`.padStart(4, '0')
    const body = { properties, context: { traits: { [field]: i } } }
    return {
      key,
      trailId: `t${trail}`,
      identity: 'userId:u',
      source: 's',
      messageId: key,
      type: 'track',
      name,
      time,
      receivedAt: time,
      body,
      bodyHash: '',
      pairs: [],
    }
  }),
)
const orderly = logs.chain((log) =>
  fc.tuple(
    fc.constant(log),
    fc.shuffledSubarray(log, { minLength: log.length }),
    fc.integer({ min: 1, max: 9 }),
  ),
)

test('figures are those of all events, and states the same in any order, with hardly anything kept', async () => {
  await fc.assert(
    fc.asyncProperty(orderly, async ([log, shuffled, batch]) => {
      const one = await live(log, 7)
      const other = await live(shuffled, batch)
      expect(await states(other.storage)).toEqual(await states(one.storage))
      const ids = await one.storage.trails.list(null, 10)
      expect([...(await other.rebuild(ids)).values()]).toEqual(ids.map(() => 'unchanged'))

      const profile = await other.profile()
      const { view, rolling } = (await one.profile()) ?? {}
      expect([profile?.view, profile?.rolling]).toEqual([view, rolling])
      const expected = recount(log, NOW, CURRENCY)
      expect(sums(profile?.view.metrics ?? {})).toEqual(sums(expected.metrics))
      if (profile) expect(profile.rolling).toEqual(expected.rolling)
      if (profile) expect(profile.nextChangeAt ?? Infinity).toBeLessThanOrEqual(expected.nextChangeAt)
    }),
    { numRuns: 150 },
  )
})

test('the first order is that of all events, and the last no later than the last event about one, where orders keep their currency', async () => {
  await fc.assert(
    fc.asyncProperty(orderly, async ([, shuffled, batch]) => {
      const log = shuffled.map(withCurrencyOfOrder)
      const profile = await (await live(log, batch)).profile()
      // Of settled orders those are known as the last that an "Order Completed" made.
      const made = new Set(log.filter(({ name }) => name === 'Order Completed').map(orderOf))
      const ofMade = recount(
        log.filter((event) => made.has(orderOf(event))),
        NOW,
        CURRENCY,
      ).metrics
      for (const [currency, expected] of Object.entries(recount(log, NOW, CURRENCY).metrics)) {
        const { firstOrderAt, lastOrderAt } = profile?.view.metrics[currency] ?? expected
        expect(firstOrderAt).toBe(expected.firstOrderAt)
        const told = log.filter(({ name, body }) => {
          const { properties } = body
          return (
            /Completed|Updated/.test(name) && isJsonObject(properties) && properties['currency'] === currency
          )
        })
        expect(lastOrderAt ?? 0).toBeGreaterThanOrEqual(ofMade[currency]?.lastOrderAt ?? 0)
        expect(lastOrderAt ?? 0).toBeLessThanOrEqual(Math.max(0, ...told.map(({ time }) => time)))
      }
    }),
    { numRuns: 150 },
  )
})

/** An event that names no order is one of its own. */
function orderOf({ key, body: { properties } }: Event): unknown {
  return (isJsonObject(properties) && properties['order_id']) || key
}

function withCurrencyOfOrder(event: Event): Event {
  const { properties } = event.body
  if (!isJsonObject(properties)) return event
  const currency = Number(properties['order_id'] ?? 0) % 2 === 1 ? 'JPY' : 'EUR'
  return { ...event, body: { ...event.body, properties: { ...properties, currency } } }
}

function sums(metrics: Record<string, MetricsView>): unknown {
  return Object.fromEntries(
    Object.entries(metrics).map(([currency, { orders, grossRevenue, refunded }]) => [
      currency,
      { orders, grossRevenue, refunded },
    ]),
  )
}

interface Lived {
  storage: Storage
  rebuild: Rebuild
  profile: () => Promise<ProfileDocument | undefined>
}

/** The events come `batch` at a time, and are folded, and the profile is written, before the next ones come. */
async function live(log: readonly Event[], batch: number): Promise<Lived> {
  const storage = openMemoryStorage()
  const { events, trails, profiles, identities } = storage
  const clock = (): number => NOW
  const trailLog = createTrailLog(storage, CURRENCY)
  const code = {
    events,
    trails,
    trailLog,
    foldVersion: 1,
    log: silentLog(),
    apply: (state, list) => foldEvents(state, list, { currency: CURRENCY, limits: LIMITS }),
  } satisfies Parameters<typeof createRebuild>[0]
  const rebuild = createRebuild(code)
  const fold = createFold({
    ...code,
    rebuild,
    catalogue: { upsert: async () => undefined },
    currency: CURRENCY,
    clock,
  })
  const materialise = createMaterialise({ profiles, trails, identities, clock, trailLog, limits: LIMITS })
  const id = homeProfile('userId:u')
  for (let i = 0; i < log.length; i += batch) {
    await events.append(log.slice(i, i + batch))
    await fold.foldTrails(await events.findPendingTrails(null, 10))
    await materialise([id])
  }
  return { storage, rebuild, profile: async () => (await profiles.get([id])).get(id) }
}

async function states({ trails }: Storage): Promise<string[]> {
  const all = await trails.get(await trails.list(null, 10))
  return [...all.values()].map(({ id, state }) => canonicalJson([id, state as unknown as JsonValue])).sort()
}
