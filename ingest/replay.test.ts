import { afterEach, expect, test } from 'vitest'
import { canonicalJson, type JsonValue } from '../core/json.ts'
import { homeProfile } from '../core/identity/identity-key.ts'
import { foldEvents } from '../core/profile/state.ts'
import { silentLog } from '../platform/log.ts'
import type { Storage } from '../storage/ports.ts'
import { createMemoryFeed } from '../stream/memory/feed.ts'
import { openMemoryStorage } from '../tests/support/memory-storage.ts'
import { createEventPath, type EventPath, type FoldCode } from './create-event-path.ts'

const NOW = Date.parse('2026-03-01T12:00:00Z')
const open: EventPath[] = []

afterEach(async () => {
  for (const path of open.splice(0)) await path[Symbol.asyncDispose]()
})

test('a poison event is parked with its error and the fold that failed, and delays nobody', async () => {
  const storage = openMemoryStorage()
  const path = start(storage, failingOn('Poison', 7))
  await path.accept([event('ada', 'Poison', 1), event('ada', 'Fine', 2), event('bob', 'Fine', 3)], context)
  await until(
    async () => (await eventCount(storage, 'bob')) === 1 && (await eventCount(storage, 'ada')) === 1,
  )
  expect(await storage.events.stats()).toMatchObject({ pending: 1, parked: 0 })

  await path.worker.settled()
  const { events } = await storage.events.listParked(null, 10)
  expect(events).toMatchObject([
    { event: { name: 'Poison' }, attempt: 0, error: 'cannot fold Poison', foldVersion: 7 },
  ])
  expect(events[0]?.trailVersion).toBeGreaterThan(0)
  expect(await eventCount(storage, 'ada')).toBe(1)
})

test('a released event is folded by code that can, once', async () => {
  const storage = openMemoryStorage()
  const before = start(storage, failingOn('Poison', 1))
  await before.accept([event('ada', 'Poison', 1), event('ada', 'Fine', 2)], context)
  await before.worker.settled()
  await before[Symbol.asyncDispose]()

  const after = start(storage, code(1))
  expect(await after.replay({ kind: 'parked' }, control())).toMatchObject({ released: 1 })
  await after.worker.settled()
  expect(await storage.events.stats()).toMatchObject({ pending: 0, parked: 0 })
  expect(await eventCount(storage, 'ada')).toBe(2)
})

test('replaying the log gives the same state, byte by byte, and changes nothing', async () => {
  const storage = openMemoryStorage()
  const path = start(storage, code(1))
  await path.accept(
    Array.from({ length: 500 }, (_, i) => event(`person-${i % 7}`, i % 3 ? 'Fine' : 'Order Completed', i)),
    context,
  )
  await path.worker.settled()
  const before = await trailsOf(storage)
  const counts = await path.replay({ kind: 'all' }, control())
  expect(counts).toMatchObject({ trails: 7, unchanged: 7, rebuilt: 0, failed: 0, resumed: false })
  expect(await trailsOf(storage)).toEqual(before)
})

test('a trail of an older fold is folded anew when its next event comes, and by a replay', async () => {
  const storage = openMemoryStorage()
  const older = start(storage, code(1))
  await older.accept([event('ada', 'Fine', 1), event('bob', 'Fine', 2)], context)
  await older.worker.settled()
  await older[Symbol.asyncDispose]()

  const newer = start(storage, doubling(2))
  await newer.accept([event('ada', 'Fine', 3)], context)
  await newer.worker.settled()
  expect([await eventCount(storage, 'ada'), await eventCount(storage, 'bob')]).toEqual([4, 1])
  const counts = await newer.replay({ kind: 'all' }, control())
  expect(counts).toMatchObject({ trails: 2, rebuilt: 1, unchanged: 1 })
  await newer.worker.settled()
  expect(await eventCount(storage, 'bob')).toBe(2)
})

test('a worker leaves trails of a newer fold, and their events, to workers that have it', async () => {
  const storage = openMemoryStorage()
  const newer = start(storage, doubling(2))
  await newer.accept([event('ada', 'Fine', 1)], context)
  await newer.worker.settled()
  await newer[Symbol.asyncDispose]()
  const [before] = await trailsOf(storage)

  const older = start(storage, code(1))
  await older.accept([event('ada', 'Fine', 2), event('bob', 'Fine', 3)], context)
  expect(await older.replay({ kind: 'all' }, control())).toMatchObject({ newer: 1, rebuilt: 0 })
  await until(async () => (await eventCount(storage, 'bob')) === 1)
  expect(await storage.events.stats()).toMatchObject({ pending: 1 })
  expect(await trailsOf(storage)).toContain(before)
  await older[Symbol.asyncDispose]()

  await start(storage, doubling(2)).worker.settled()
  expect(await eventCount(storage, 'ada')).toBe(4)
})

test('a worker folds trails of a newer fold anew, from the log, when nobody has that fold any more', async () => {
  const storage = openMemoryStorage()
  const newer = start(storage, doubling(2))
  await newer.accept([event('ada', 'Fine', 1), event('bob', 'Fine', 2)], context)
  await newer.worker.settled()
  await newer[Symbol.asyncDispose]()
  expect(await eventCount(storage, 'ada')).toBe(2)

  let isGone = false
  const older = start(storage, code(1), () => isGone)
  await older.accept([event('ada', 'Fine', 3)], context)
  await until(async () => (await storage.events.stats()).pending === 1)
  expect(await eventCount(storage, 'ada')).toBe(2)
  isGone = true
  await older.worker.settled()
  expect([await eventCount(storage, 'ada'), await eventCount(storage, 'bob')]).toEqual([2, 2])
  expect(await older.replay({ kind: 'all' }, control())).toMatchObject({ rebuilt: 1, unchanged: 1 })
  await older.worker.settled()
  expect(await eventCount(storage, 'bob')).toBe(1)
  expect(await storage.events.stats()).toMatchObject({ pending: 0, parked: 0 })
  await older[Symbol.asyncDispose]()

  const again = start(storage, doubling(2))
  await again.accept([event('ada', 'Fine', 4)], context)
  await again.worker.settled()
  expect(await eventCount(storage, 'ada')).toBe(6)
})

test('a trail with an event that a newer fold cannot apply stays as it was, and goes on', async () => {
  const storage = openMemoryStorage()
  const older = start(storage, code(1))
  await older.accept([event('ada', 'Poison', 1)], context)
  await older.worker.settled()
  await older[Symbol.asyncDispose]()

  const newer = start(storage, failingOn('Poison', 2))
  await newer.accept([event('ada', 'Fine', 2)], context)
  await newer.worker.settled()
  expect(await newer.replay({ kind: 'all' }, control())).toMatchObject({ failed: 1 })
  expect(await eventCount(storage, 'ada')).toBe(2)
})

test('what is folded while a trail is folded anew is in it, once', async () => {
  const storage = openMemoryStorage()
  const older = start(storage, code(1))
  await older.accept(
    Array.from({ length: 450 }, (_, i) => event('ada', 'Fine', i)),
    context,
  )
  await older.worker.settled()

  const newer = start(
    openSlowLog(storage, () => older.accept([event('ada', 'Fine', 999)], context)),
    code(2),
  )
  const replayed = newer.replay({ kind: 'profile', id: homeProfile('userId:ada') }, control())
  expect(await replayed).toMatchObject({ trails: 1, rebuilt: 1 })
  await newer.worker.settled()
  expect(await eventCount(storage, 'ada')).toBe(451)
})

test('an interrupted replay goes on where it was', async () => {
  const storage = openMemoryStorage()
  const path = start(storage, code(1))
  const people = Array.from({ length: 120 }, (_, i) => event(`person-${i}`, 'Fine', i))
  await path.accept(people, context)
  await path.worker.settled()
  const stop = new AbortController()
  const first = path.replay({ kind: 'all' }, { onProgress: () => stop.abort(), signal: stop.signal })
  await expect(first).rejects.toMatchObject({ code: 'REPLAY_INTERRUPTED' })
  const second = await path.replay({ kind: 'all' }, control())
  expect(second).toMatchObject({ resumed: true, trails: 70 })
  expect(await path.replay({ kind: 'all' }, control())).toMatchObject({ resumed: false, trails: 120 })
})

test('a replay since a time takes the trails of what arrived since', async () => {
  const storage = openMemoryStorage()
  const path = start(storage, code(1))
  await path.accept([event('ada', 'Fine', 1)], context)
  expect(await path.replay({ kind: 'since', since: NOW + 86_400_000 }, control())).toMatchObject({
    trails: 0,
  })
  await path.worker.settled()
  expect(await path.replay({ kind: 'since', since: NOW }, control())).toMatchObject({ trails: 1 })
  const unknown = path.replay({ kind: 'profile', id: 'p_nobody' }, control())
  await expect(unknown).rejects.toMatchObject({ code: 'RECIPIENT_UNKNOWN' })
})

const context = { source: 'test', maxEventBytes: 32_768 }

function event(userId: string, name: string, serial: number): Record<string, unknown> {
  const properties = { order_id: `o${serial}`, total: serial }
  return { type: 'track', event: name, userId, messageId: `m${serial}`, properties }
}

function start(storage: Storage, foldCode: FoldCode, mayFoldBack = () => false): EventPath {
  const path = createEventPath({
    mayFoldBack,
    storage,
    feed: createMemoryFeed(),
    clock: () => NOW + Math.floor(performance.now()),
    log: silentLog(),
    currency: 'USD',
    pollMs: 5,
    foldCode,
  })
  open.push(path)
  return path
}

function code(version: number): FoldCode {
  return { version, apply: (state, events) => foldEvents(state, events, { currency: 'USD' }) }
}

/** A newer fold, which counts each event twice. */
function doubling(version: number): FoldCode {
  const { apply } = code(version)
  return {
    version,
    apply: (state, events) => {
      const next = apply(state, events)
      return { ...next, events: next.events + events.length }
    },
  }
}

function failingOn(name: string, version: number): FoldCode {
  const { apply } = code(version)
  return {
    version,
    apply: (state, events) => {
      if (events.some((one) => one.name === name)) throw new Error(`cannot fold ${name}`)
      return apply(state, events)
    },
  }
}

/** A store in which something happens between the two looks that the first fold anew takes at the log. */
function openSlowLog(storage: Storage, meanwhile: () => Promise<unknown>): Storage {
  let reads = 0
  const events = new Proxy(storage.events, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name)
      if (name !== 'readFolded' || typeof method !== 'function') return method
      return async (...args: unknown[]): Promise<unknown> => {
        if (++reads === 2) {
          await meanwhile()
          await until(async () => (await storage.events.stats()).pending === 0)
        }
        return Reflect.apply(method, target, args)
      }
    },
  })
  return { ...storage, events }
}

function control(): { onProgress: () => void; signal: AbortSignal } {
  return { onProgress: () => undefined, signal: new AbortController().signal }
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve))
}

async function eventCount(storage: Storage, userId: string): Promise<number | undefined> {
  const id = homeProfile(`userId:${userId}`)
  return (await storage.profiles.get([id])).get(id)?.view.eventCount
}

async function trailsOf(storage: Storage): Promise<string[]> {
  const trails = await storage.trails.get(await storage.trails.list(null, 1_000))
  return [...trails.values()].map((trail) => canonicalJson(trail as unknown as JsonValue))
}
