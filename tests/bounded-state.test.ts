import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Event } from '../core/events/event.ts'
import { homeProfile } from '../core/identity/identity-key.ts'
import type { JsonObject } from '../core/json.ts'
import { STATE_LIMITS } from '../core/profile/limits.ts'
import { foldEvents } from '../core/profile/state.ts'
import { createTrailLog } from '../core/profile/trail-log.ts'
import { createFold } from '../ingest/fold.ts'
import { createMaterialise } from '../ingest/materialise.ts'
import { createRebuild } from '../ingest/rebuild.ts'
import { silentLog } from '../platform/log.ts'
import { openEmbeddedStorage } from '../storage/embedded/open.ts'
import { recount } from './support/recount.ts'

/** Of all persons together; 1,000,000 by `TEST_EVENTS=1000000`. */
const EVENTS = Number(process.env['TEST_EVENTS'] ?? 100_000)
const NOW = Date.parse('2026-03-01T12:00:00Z')
const DAY = 86_400_000
const CURRENCY = 'GBP'
const BATCH = 500

let dir: string
beforeEach(async () => (dir = await mkdtemp(join(tmpdir(), 'monogram-bounded-'))))
afterEach(() => rm(dir, { recursive: true }))

interface Saying {
  name: string
  properties: JsonObject
  traits?: JsonObject
}

/** The share of each in all events. */
const SHARES: Record<string, number> = {
  'somebody who looks around and buys for years': 0.6,
  'a sender of ever new orders, refunds, fields and currencies': 0.1,
  'a sender that amends the same few orders again and again': 0.3,
}

/** What each of a person's events says. `i` rises by one, and time with it. */
const PEOPLE: Record<keyof typeof SHARES, (i: number) => Saying> = {
  'somebody who looks around and buys for years': (i) => {
    if (i % 20 === 0) return order({ order_id: i / 20, total: i % 97, currency: 'EUR' })
    if (i % 400 === 1) return { name: 'Order Refunded', properties: { order_id: (i - 1) / 20, total: 5 } }
    if (i % 7 === 0) return { name: 'Product Added', properties: { product_id: i % 300 } }
    return {
      name: 'Product Viewed',
      properties: { product_id: i % 300 },
      traits: { plan: i % 5, city: 'Rome' },
    }
  },
  'a sender of ever new orders, refunds, fields and currencies': (i) => {
    const currency = String.fromCharCode(65 + (i % 26), 65 + (i % 23), 65 + (i % 19))
    const traits = { [`field ${i}`]: 'x'.repeat((i * 37) % 4_000) }
    if (i % 3 === 0)
      return { name: 'Order Refunded', properties: { refund_id: i, total: 1, currency }, traits }
    return { ...order({ order_id: `${i}`, total: i, currency }), traits }
  },
  'a sender that amends the same few orders again and again': (i) => {
    const orders = STATE_LIMITS.purchases + 7
    const properties = { order_id: i % orders, total: i, currency: 'EUR' }
    return i < orders ? order(properties) : { name: 'Order Updated', properties }
  },
}

function order(properties: JsonObject): Saying {
  return { name: 'Order Completed', properties }
}

describe(`${EVENTS} events`, () => {
  test.each(Object.keys(PEOPLE))(
    '%s: documents and cost stay as they are',
    { timeout: 3_600_000 },
    async (name) => {
      const events = Math.floor((EVENTS * (SHARES[name] ?? 0)) / BATCH) * BATCH
      const person = PEOPLE[name]
      if (!person) throw new Error('there is no such person')
      await using storage = await openEmbeddedStorage({ dir, writer: 'inline' })
      const world = openWorld(storage)
      const id = homeProfile('userId:u')

      const costs: number[] = []
      const bytes: number[] = []
      for (let first = 0; first < events; first += BATCH) {
        const batch = Array.from({ length: BATCH }, (_, i) => eventOf(person, first + i, events))
        await storage.events.append(batch)
        costs.push(await world.fold(id))
        const [trail] = (await storage.trails.get(['t'])).values()
        const profile = (await storage.profiles.get([id])).get(id)
        bytes.push(JSON.stringify([trail, { ...profile, outbox: [] }]).length)
      }

      const tenth = Math.floor(bytes.length / 10)
      const [early, late] = [costs.slice(tenth, 3 * tenth), costs.slice(-2 * tenth)].map(lowerQuartile)
      process.stdout.write(`${name}: ${Math.max(...bytes)} bytes; ${early} then ${late} µs of CPU an event\n`)
      // From a third of the way on all that is kept by number, and by day, is there.
      const full = Math.max(...bytes.slice(3 * tenth, 5 * tenth))
      expect(Math.max(...bytes.slice(-2 * tenth))).toBeLessThan(1.02 * full + 1_000)
      expect(late).toBeLessThan(1.5 * (early ?? 0))

      const profile = (await storage.profiles.get([id])).get(id)
      const log = await world.log()
      const { metrics, rolling } = recount(log, NOW, CURRENCY)
      const kept = Object.keys(profile?.view.metrics ?? {})
      expect(profile?.view.eventCount).toBe(events)
      expect(profile?.view.metrics).toEqual(Object.fromEntries(kept.map((code) => [code, metrics[code]])))
      expect(profile?.rolling[90]?.views).toBe(rolling[90]?.views)
      if (profile?.view.omitted === undefined) expect(profile?.rolling).toEqual(rolling)
      expect([...(await world.rebuild(['t'])).values()]).toEqual(['unchanged'])
    },
  )
})

/** The last event is of now, the first of 400 days before. */
function eventOf(person: (typeof PEOPLE)[string], i: number, events: number): Event {
  const { name, properties, traits } = person(i)
  const key = `k${String(i).padStart(21, '0')}`
  const time = NOW - Math.floor(((events - 1 - i) / events) * 400 * DAY)
  const body: JsonObject = { type: 'track', event: name, properties, ...(traits && { context: { traits } }) }
  return {
    key,
    trailId: 't',
    identity: 'userId:u',
    source: 's',
    messageId: key,
    type: 'track',
    name,
    time,
    receivedAt: time,
    body,
    bodyHash: key,
    pairs: [],
  }
}

function openWorld(storage: Awaited<ReturnType<typeof openEmbeddedStorage>>) {
  const { events, trails, profiles, identities } = storage
  const clock = (): number => NOW
  const trailLog = createTrailLog(storage, CURRENCY)
  const code = {
    events,
    trails,
    trailLog,
    foldVersion: 1,
    log: silentLog(),
    apply: (state, list) => foldEvents(state, list, { currency: CURRENCY }),
  } satisfies Parameters<typeof createRebuild>[0]
  const rebuild = createRebuild(code)
  const fold = createFold({
    ...code,
    rebuild,
    catalogue: { upsert: async () => undefined },
    currency: CURRENCY,
    clock,
  })
  const materialise = createMaterialise({
    profiles,
    trails,
    identities,
    clock,
    trailLog,
    limits: STATE_LIMITS,
  })
  return {
    rebuild,
    /** Folds all that is pending, then writes the profile; tells the µs of CPU an event. */
    async fold(id: string): Promise<number> {
      const begun = process.cpuUsage()
      let folded = 0
      for (let applied = 1; applied > 0; folded += applied) {
        applied = (await fold.foldTrails(['t'])).applied
      }
      await materialise([id])
      const { user, system } = process.cpuUsage(begun)
      return (user + system) / Math.max(1, folded)
    },
    async log(): Promise<Event[]> {
      const all: Event[] = []
      for (let after: string | null = null, more = true; more;) {
        const page: Awaited<ReturnType<typeof events.scan>> = await events.scan(null, after, 5_000)
        all.push(...page.events)
        after = page.next
        more = after !== null
      }
      return all
    },
  }
}

/** Whoever else uses the machine makes some of them larger. */
function lowerQuartile(values: readonly number[]): number {
  return Math.round(values.toSorted((a, b) => a - b)[Math.floor(values.length / 4)] ?? 0)
}
