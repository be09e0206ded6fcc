import { afterEach, expect, test } from 'vitest'
import { canonicalJson, type JsonValue } from '../core/json.ts'
import type { StateLimits } from '../core/profile/profile.ts'
import { silentLog } from '../platform/log.ts'
import { StorageError, type Storage } from '../storage/ports.ts'
import { createMemoryFeed } from '../stream/memory/feed.ts'
import { openMemoryStorage } from '../tests/support/memory-storage.ts'
import { createEventPath, type EventPath, type EventPathOptions } from './create-event-path.ts'
import { hashState } from './state-hash.ts'
import { WHOLE_SHARE, type WorkerShare } from './worker/worker-share.ts'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const DAY = 86_400_000
const BEFORE = NOW - 100 * DAY
const LIMITS: StateLimits = { purchases: 2, activity: 2, traits: 3, currencies: 2 }

const open: EventPath[] = []
afterEach(async () => {
  for (const path of open.splice(0)) await path[Symbol.asyncDispose]()
})

test('old events go, and everybody is as before, also when folded anew and when older orders are amended', async () => {
  const { storage, path } = await aShop()
  const before = await seen(storage)
  const all = await storage.events.stats()
  const summary = await path.retain(BEFORE, control())
  expect(summary).toMatchObject({ trails: 3, left: 0, resumed: false })
  expect(summary.deleted).toBeGreaterThan(10)
  const kept = (await storage.events.scan(null, null, 1_000)).events
  expect(kept.every(({ time }) => time >= BEFORE)).toBe(true)
  expect(kept).toHaveLength(all.events - summary.deleted)

  expect(await path.replay({ kind: 'all' }, control())).toMatchObject({ trails: 3, unchanged: 3 })
  expect(await seen(storage)).toEqual(before)

  // An order whose events are gone is amended, one is refunded, and an event comes very late: as in a shop that kept all.
  const late = [
    event('ada', 'Order Updated', 900, { order_id: 'ada-1', total: 77 }, 20),
    event('ada', 'Order Cancelled', 901, { order_id: 'ada-2' }, 10),
    event('bob', 'Order Completed', 902, { order_id: 'bob-new', total: 5 }, 300),
  ]
  const other = await aShop()
  for (const shop of [{ storage, path }, other]) {
    await shop.path.accept(late, CONTEXT)
    await shop.path.worker.settled()
  }
  expect(await seen(storage)).toEqual(await seen(other.storage))
  expect(await path.retain(BEFORE, control())).toMatchObject({ deleted: 1 })
  expect(await path.retain(BEFORE, control())).toMatchObject({ deleted: 0 })
  expect(await path.replay({ kind: 'all' }, control())).toMatchObject({ unchanged: 3 })
  expect(await hashState(storage.profiles)).toEqual(await hashState(other.storage.profiles))
})

test('killed at any call, before or after its effect, it goes on, and nothing is lost or counted twice', async () => {
  const reference = await aShop()
  const expected = await seen(reference.storage)
  const calls = { count: 0, killAt: Infinity, after: false }
  await retainWith(reference.storage, calls)
  expect(calls.count).toBeGreaterThan(30)

  for (let killAt = 1; killAt <= calls.count; killAt++) {
    for (const after of [false, true]) {
      const { storage, path } = await aShop()
      const killed = retainWith(storage, { count: 0, killAt, after })
      await expect(killed, `call ${killAt}`).rejects.toThrow('died')
      expect((await path.replay({ kind: 'all' }, control())).unchanged, `call ${killAt}`).toBe(3)
      await path.retain(BEFORE, control())
      const left = (await storage.events.scan(null, null, 1_000)).events
      expect(left.filter(({ time }) => time < BEFORE)).toEqual([])
      expect((await path.replay({ kind: 'all' }, control())).unchanged, `call ${killAt}`).toBe(3)
      expect(await seen(storage), `call ${killAt}`).toEqual(expected)
      await open.pop()?.[Symbol.asyncDispose]()
    }
  }
}, 60_000)

test('what has just arrived is kept, however old it is: sent again it counts once', async () => {
  const { storage, path } = await aShop({ keptAfterArrivalMs: 10 * DAY })
  const before = await seen(storage)
  const { events } = await storage.events.stats()
  expect(await path.retain(BEFORE, control())).toMatchObject({
    deleted: 0,
    left: 0,
    arrivedUntil: NOW - 10 * DAY,
  })
  // It is in a base by now, from which everybody is folded anew.
  expect(await path.replay({ kind: 'all' }, control())).toMatchObject({ trails: 3, unchanged: 3 })
  const again = await path.accept(
    Array.from({ length: 36 }, (_, i) => happening(i)),
    CONTEXT,
  )
  expect(new Set(again.map(({ outcome }) => outcome))).toEqual(new Set(['duplicate']))
  await path.worker.settled()
  expect(await storage.events.stats()).toMatchObject({ events, conflicts: 0 })
  expect(await seen(storage)).toEqual(before)
  const later = start(storage, {
    clock: () => NOW + 10 * DAY,
    keptAfterArrivalMs: 10 * DAY,
    isWorking: false,
  })
  expect((await later.retain(BEFORE, control())).deleted).toBeGreaterThan(10)
  expect(await later.replay({ kind: 'all' }, control())).toMatchObject({ trails: 3, unchanged: 3 })
  expect(await seen(storage)).toEqual(before)
})

test.each(['fold', 'link', 'identity', 'relay'])(
  'a run before anybody does the step "%s" takes nothing from it',
  async (missing) => {
    const joined = { ...event('ada', 'Product Viewed', 99, { product_id: 1 }, 150), anonymousId: 'browser' }
    const raws = [...Array.from({ length: 12 }, (_, i) => happening(i)), joined]
    const work = async (storage: Storage, given: typeof raws, share: WorkerShare): Promise<number> => {
      await using path = start(storage, { share: () => share })
      await path.accept(given, CONTEXT)
      await path.worker.settled()
      return (await path.retain(BEFORE, control())).deleted
    }
    const [whole, storage] = [openMemoryStorage(), openMemoryStorage()]
    for (const each of [whole, storage]) await work(each, raws.slice(0, 6), WHOLE_SHARE)
    const deleted = await work(whole, raws.slice(6), WHOLE_SHARE)
    const some: WorkerShare = {
      after: missing === 'fold' ? '~' : null,
      below: null,
      does: (step) => step !== missing,
    }
    expect(await work(storage, raws.slice(6), some)).toBe({ fold: 0, link: deleted - 1 }[missing] ?? deleted)
    await using path = start(storage)
    await path.worker.settled()
    expect((await path.retain(BEFORE, control())).left).toBe(0)
    expect(await seen(storage)).toEqual(await seen(whole))
    expect((await storage.profiles.stats()).outbox).toBe(0)
    expect(await storage.events.stats()).toEqual(await whole.events.stats())
  },
)

test('fewer days than rolling figures look back are refused', async () => {
  const { path } = await aShop()
  await expect(path.retain(NOW - 91 * DAY, control())).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
})

const CONTEXT = { source: 'test', maxEventBytes: 32_768 }

async function aShop(options?: Partial<EventPathOptions>): Promise<{ storage: Storage; path: EventPath }> {
  const storage = openMemoryStorage()
  const path = start(storage, options)
  for (let first = 0; first < 36; first += 12) {
    const raws = Array.from({ length: 12 }, (_, i) => happening(first + i))
    await path.accept(raws, CONTEXT)
    await path.worker.settled()
  }
  return { storage, path }
}

/** Ada's browser and Ada are one; what happens is spread over 200 days. */
function happening(i: number): Record<string, unknown> {
  const who = i % 2 === 0 ? 'ada' : 'bob'
  const daysAgo = 200 - ((i * 41) % 200)
  if (i % 3 === 0) return event(who, 'Order Completed', i, { order_id: `${who}-${i % 5}`, total: i }, daysAgo)
  if (i % 7 === 0) return event(who, 'Order Refunded', i, { refund_id: i, total: 1 }, daysAgo)
  const raw = event(who, 'Product Viewed', i, { product_id: i % 4 }, daysAgo)
  if (i % 8 !== 2) return i === 4 ? { ...raw, anonymousId: 'browser' } : raw
  const { userId: _, ...rest } = event(
    who,
    'Order Completed',
    i,
    { order_id: `ada-${i % 5}`, total: i },
    daysAgo,
  )
  return { ...rest, anonymousId: 'browser' }
}

function event(
  userId: string,
  name: string,
  serial: number,
  properties: Record<string, unknown>,
  daysAgo: number,
): Record<string, unknown> {
  const timestamp = new Date(NOW - daysAgo * DAY).toISOString()
  const context = { traits: { [`field ${serial % 5}`]: serial } }
  return { type: 'track', event: name, userId, messageId: `m${serial}`, timestamp, properties, context }
}

function start(storage: Storage, options: Partial<EventPathOptions> = {}): EventPath {
  const path = createEventPath({
    storage,
    feed: createMemoryFeed(),
    clock: () => NOW,
    log: silentLog(),
    currency: 'GBP',
    pollMs: 5,
    stateLimits: LIMITS,
    keptAfterArrivalMs: 0,
    ...options,
  })
  open.push(path)
  return path
}

/** By a process of its own that dies at that call of a port. */
async function retainWith(
  storage: Storage,
  calls: { count: number; killAt: number; after: boolean },
): Promise<unknown> {
  let counting = false
  const dying = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name)
        if (typeof method !== 'function') return method
        return async (...args: unknown[]): Promise<unknown> => {
          if (!counting) return Reflect.apply(method, target, args)
          const dies = ++calls.count >= calls.killAt
          if (dies && (!calls.after || calls.count > calls.killAt)) throw dead()
          const answer: unknown = await Reflect.apply(method, target, args)
          if (dies) throw dead()
          return answer
        }
      },
    })
  const { events, trails, sealedPurchases, progress } = storage
  await using path = createEventPath({
    storage: {
      ...storage,
      events: dying(events),
      trails: dying(trails),
      sealedPurchases: dying(sealedPurchases),
      progress: dying(progress),
    },
    feed: createMemoryFeed(),
    clock: () => NOW,
    log: silentLog(),
    currency: 'GBP',
    isWorking: false,
    stateLimits: LIMITS,
    keptAfterArrivalMs: 0,
  })
  counting = true
  return await path.retain(BEFORE, control())
}

function dead(): StorageError {
  return new StorageError('died', { retryable: true })
}

function control(): { onProgress: () => void; signal: AbortSignal } {
  return { onProgress: () => undefined, signal: new AbortController().signal }
}

async function seen(storage: Storage): Promise<string[]> {
  const found = await storage.profiles.get(await storage.profiles.list(null, 100))
  const views = [...found.values()].map(({ id, view, rolling }) =>
    canonicalJson([id, view, rolling] as unknown as JsonValue),
  )
  return views.sort()
}
