import { expect, test } from 'vitest'
import { silentLog } from '../platform/log.ts'
import { createMemoryFeed } from '../stream/memory/feed.ts'
import { openMemoryStorage } from '../tests/support/memory-storage.ts'
import { createBacklog } from './backlog.ts'
import { createEventPath } from './create-event-path.ts'

const context = { source: 'test', maxEventBytes: 32_768 }
const event = (i: number) => ({ type: 'track', event: 'Signed Up', userId: `user-${i}`, messageId: `m-${i}` })

test('the store is asked only when its last answer, and all that came since, leave no room', async () => {
  let pending = 3
  let now = 0
  let reads = 0
  const events = {
    backlog: async () => {
      reads++
      return { pending, parked: 0, oldestReceivedAt: null }
    },
  }
  const backlog = createBacklog({ events, clock: () => now, maxPendingEvents: 10, readEveryMs: 100 })
  expect(await backlog.refusal(5)).toBeNull()
  backlog.add(5)
  expect(await backlog.refusal(2)).toBeNull()
  expect(reads).toBe(1)
  expect(await backlog.refusal(3)).toBe(8)
  pending = 1
  now = 100
  expect(await backlog.refusal(3)).toBeNull()
  expect(reads).toBe(2)
})

test('too many events that wait to be folded refuse more before the acknowledgement, and until they are folded', async () => {
  const storage = openMemoryStorage()
  let now = 0
  const options = { storage, feed: createMemoryFeed(), clock: () => now, log: silentLog(), currency: 'USD' }
  {
    // A path whose worker has ended: what it accepts stays pending.
    const stopped = createEventPath({ ...options, maxPendingEvents: 3 })
    await stopped[Symbol.asyncDispose]()
    await stopped.accept([event(1), event(2), event(3)], context)
    now += 1_000
    await expect(stopped.accept([event(4)], context)).rejects.toMatchObject({
      code: 'OVERLOADED',
      status: 429,
    })
    expect(await storage.events.stats()).toMatchObject({ events: 3, pending: 3 })
    const told = await Promise.all(stopped.metrics.all.map((metric) => metric.get()))
    expect(told).toContainEqual(
      expect.objectContaining({
        name: 'monogram_events_total',
        values: expect.arrayContaining([
          { labels: { outcome: 'stored' }, value: 3 },
          { labels: { outcome: 'refused' }, value: 1 },
        ]) as unknown,
      }),
    )
    expect(told).toContainEqual(
      expect.objectContaining({ name: 'monogram_event_lag_seconds', values: [{ labels: {}, value: 1 }] }),
    )
  }
  await using path = createEventPath({ ...options, maxPendingEvents: 3 })
  await path.worker.settled()
  now += 1_000
  expect(await path.accept([event(4)], context)).toMatchObject([{ outcome: 'stored' }])
})

test('a person with thousands of events that wait does not delay another one', async () => {
  const storage = openMemoryStorage()
  const options = { storage, feed: createMemoryFeed(), clock: () => 0, log: silentLog(), currency: 'USD' }
  const stopped = createEventPath(options)
  await stopped[Symbol.asyncDispose]()
  const hot = Array.from({ length: 1_000 }, (_, i) => ({ ...event(i), userId: 'hot' }))
  await stopped.accept(hot, context)
  await stopped.accept([{ ...event(0), userId: 'quiet' }], context)
  let marked = 0
  let markedBefore: number | null = null
  const watched = openMemoryStorage({
    stores: storage,
    onCall: (name, [writes]) => {
      if (name === 'events.mark') marked += (writes as unknown[]).length
      if (name === 'profiles.put' && JSON.stringify(writes).includes('userId:quiet')) markedBefore ??= marked
    },
  })
  await using path = createEventPath({ ...options, storage: watched })
  await path.worker.settled()
  expect(marked).toBeGreaterThan(1_000)
  expect(markedBefore).toBeLessThan(200)
})
