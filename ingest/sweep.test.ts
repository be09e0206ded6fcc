import { expect, test } from 'vitest'
import { homeProfile } from '../core/identity/identity-key.ts'
import { StorageError } from '../storage/ports.ts'
import { silentLog } from '../platform/log.ts'
import { createMemoryFeed } from '../stream/memory/feed.ts'
import { openMemoryStorage } from '../tests/support/memory-storage.ts'
import { aPerson, putPeople } from '../tests/support/people.ts'
import { createEventPath } from './create-event-path.ts'
import { createMaterialiseEach } from './materialise-each.ts'
import { createSweep } from './sweep.ts'

const DAY = 86_400_000
const NOW = Date.parse('2026-03-01T12:00:00Z')

test('a figure flips at its instant, without an event, as one change with one version', async () => {
  let now = NOW
  const storage = openMemoryStorage()
  const feed = createMemoryFeed()
  await using path = createEventPath({
    storage,
    feed,
    clock: () => now,
    log: silentLog(),
    currency: 'GBP',
    pollMs: 1,
  })
  const id = homeProfile('userId:ada')
  const profile = async () => (await storage.profiles.get([id])).get(id)

  const view = { type: 'track', event: 'Product Viewed', userId: 'ada', properties: { product_id: 'A' } }
  await path.accept([view], { source: 'test', maxEventBytes: 32_768 })
  await path.worker.settled()
  expect(await profile()).toMatchObject({
    version: 1,
    nextChangeAt: NOW + 7 * DAY,
    rolling: { 7: { views: 1 } },
  })

  const changes = feed.subscribe({ entity: 'Profile', id, maxQueued: 10 })
  now = NOW + 7 * DAY - 1
  await path.worker.settled()
  expect((await profile())?.version).toBe(1)

  now = NOW + 7 * DAY
  await path.worker.settled()
  expect(await profile()).toMatchObject({
    version: 2,
    nextChangeAt: NOW + 30 * DAY,
    rolling: { 7: { views: 0 }, 30: { views: 1 } },
  })
  expect((await changes.next()).value).toMatchObject({ change: { version: 2, changed: ['metrics'] } })

  now = NOW + 400 * DAY
  await path.worker.settled()
  expect(await profile()).toMatchObject({ version: 3, nextChangeAt: null })
})

test('a profile that cannot be put together is tried again ever later, and holds up nobody', async () => {
  let now = NOW
  const storage = openMemoryStorage()
  const people = ['bad', 'good', 'fine'].map((name) =>
    aPerson(`userId:${name}`, {}, { nextChangeAt: NOW - 1 }),
  )
  await putPeople(storage, ...people)
  const [bad, ...others] = people.map(({ id }) => id)
  const swept: string[] = []
  const materialiseEach = createMaterialiseEach({
    clock: () => now,
    log: silentLog(),
    materialise: async (ids) => {
      if (ids.includes(bad ?? '')) throw new Error('cannot be combined')
      swept.push(...ids)
    },
  })
  const sweep = createSweep({ profiles: storage.profiles, clock: () => now, materialiseEach })
  await sweep.sweep(10)
  expect(new Set(swept)).toEqual(new Set(others))

  // The store still says that all three are due; the one that failed does not take the only place.
  swept.length = 0
  await sweep.sweep(1)
  expect(swept).toHaveLength(1)
  now = NOW + 1_000
  expect(await sweep.sweep(10)).toBe(3)
})

test('a store that fails is not held against a profile', async () => {
  const materialiseEach = createMaterialiseEach({
    clock: () => NOW,
    log: silentLog(),
    materialise: () => Promise.reject(new StorageError('away', { retryable: true })),
  })
  await expect(materialiseEach(['p'])).rejects.toThrow('away')
  expect(materialiseEach.mayTry('p')).toBe(true)
})
