import { expect, test } from 'vitest'
import type { Event } from '../../core/events/event.ts'
import { emptyState, foldEvents } from '../../core/profile/state.ts'
import { createTrailLog } from '../../core/profile/trail-log.ts'
import { createFold } from '../../ingest/fold.ts'
import { createRebuild } from '../../ingest/rebuild.ts'
import { silentLog } from '../../platform/log.ts'
import type { Storage } from '../../storage/ports.ts'
import { openMemoryStorage } from '../support/memory-storage.ts'
import { NOW } from './world.ts'

/*
 * The two interleavings that break naive forms of an exactly-once fold, by hand.
 */

test('a worker dies between write and mark while 300 more events of that trail arrive', async () => {
  const storage = openMemoryStorage()
  await accept(storage, 0, 10)
  const dying = foldOf(stopping(storage, 'mark'))
  await expect(dying.foldTrails(await trailIds(storage))).rejects.toThrow('died')
  expect(await storage.events.stats()).toMatchObject({ pending: 10 })

  await accept(storage, 10, 300)
  await foldAll(storage)
  await expectCountedOnce(storage, 310)
})

test('a worker is paused past its lease, another folds, marks and forgets, the first wakes', async () => {
  const storage = openMemoryStorage()
  await accept(storage, 0, 10)
  let wake: () => void = () => undefined
  const awake = new Promise<void>((resolve) => (wake = resolve))
  const paused = foldOf(waitingBefore(storage, 'put', awake)).foldTrails(await trailIds(storage))

  await foldAll(storage)
  await accept(storage, 10, 100)
  await foldAll(storage)
  const [trail] = (await storage.trails.get(await storage.trails.list(null, 1))).values()
  expect(trail?.applied.map(({ key }) => key)).not.toContain(
    (await storage.events.scan(null, null, 1)).events[0]?.key,
  )

  wake()
  expect(await paused).toMatchObject({ applied: 0 })
  await foldAll(storage)
  await expectCountedOnce(storage, 110)
})

type Calls = 'mark' | 'put'

/** A store whose caller dies at that call: it never takes effect. */
function stopping(storage: Storage, call: Calls): Storage {
  return around(storage, call, () => Promise.reject(new Error('died')))
}

/** A store whose caller is paused before that call. */
function waitingBefore(storage: Storage, call: Calls, until: Promise<unknown>): Storage {
  return around(storage, call, () => until)
}

function around(storage: Storage, call: Calls, before: () => Promise<unknown>): Storage {
  const slow = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name)
        if (name !== call || typeof method !== 'function') return method
        return async (...args: unknown[]): Promise<unknown> => {
          await before()
          return Reflect.apply(method, target, args)
        }
      },
    })
  return { ...storage, events: slow(storage.events), trails: slow(storage.trails) }
}

function foldOf(storage: Storage): ReturnType<typeof createFold> {
  const { events, trails } = storage
  const apply: Parameters<typeof createRebuild>[0]['apply'] = (state, list) =>
    foldEvents(state, list, { currency: 'USD' })
  const trailLog = createTrailLog(storage, 'USD')
  const code = { events, trails, apply, foldVersion: 1, trailLog, log: silentLog() }
  const catalogue = { upsert: () => Promise.resolve() }
  return createFold({ ...code, rebuild: createRebuild(code), catalogue, currency: 'USD', clock: () => NOW })
}

async function accept(storage: Storage, first: number, count: number): Promise<void> {
  const events = Array.from({ length: count }, (_, i): Event => {
    const key = `event-${first + i}`
    const body = { type: 'track', event: 'Product Viewed', userId: 'ada' }
    const who = { trailId: 'trail-ada', identity: 'userId:ada', source: 'test', messageId: key, pairs: [] }
    const what = { type: 'track', name: 'Product Viewed', body, bodyHash: key } as const
    return { key, ...who, ...what, time: NOW + first + i, receivedAt: NOW + first + i }
  })
  await storage.events.append(events)
}

function trailIds(storage: Storage): Promise<string[]> {
  return storage.events.findPendingTrails(null, 10)
}

/** What workers that live do until nothing is pending. */
async function foldAll(storage: Storage): Promise<void> {
  const fold = foldOf(storage)
  for (let ids = await trailIds(storage); ids.length > 0; ids = await trailIds(storage)) {
    await fold.foldTrails(ids)
  }
}

async function expectCountedOnce(storage: Storage, events: number): Promise<void> {
  expect(await storage.events.stats()).toMatchObject({ events, pending: 0, parked: 0 })
  const [trail] = (await storage.trails.get(['trail-ada'])).values()
  const log = (await storage.events.scan(null, null, 1_000)).events
  expect(trail?.state).toEqual(foldEvents(emptyState(), log, { currency: 'USD' }))
  expect(trail?.state.events).toBe(events)
}
