import { expect, test } from 'vitest'
import { emptyState } from '../core/profile/state.ts'
import { createTrailLog } from '../core/profile/trail-log.ts'
import { openMemoryStorage } from '../tests/support/memory-storage.ts'
import { aPerson } from '../tests/support/people.ts'
import { createRollingLoader } from './rolling-loader.ts'

const DAY = 86_400_000
const NOW = Date.parse('2026-03-01T12:00:00Z')

test('the stored figures hold until their next change, and are worked out from the trails after it', async () => {
  const reads: string[] = []
  const storage = openMemoryStorage({ onCall: (name) => reads.push(name) })
  const trail = { identity: 'userId:ada', home: 'p_ada', foldVersion: 1, applied: [], dirty: false }
  await storage.trails.put([
    { ...trail, id: 't1', version: 1, state: { ...emptyState(), views: [NOW - 6 * DAY] } },
    { ...trail, id: 't2', version: 1, state: { ...emptyState(), views: [NOW - 10 * DAY] } },
  ])
  const windows = { 7: { orders: {}, revenue: {}, views: 1, carts: 0 } }
  const profile = aPerson(
    'userId:ada',
    {},
    {
      rolling: windows,
      nextChangeAt: NOW + DAY,
      basis: { seq: 0, trails: { t1: 1, t2: 1 } },
    },
  )
  reads.length = 0
  const rolling = createRollingLoader(storage, {
    maxBatchSize: 500,
    trailLog: createTrailLog(storage, 'GBP'),
  })
  expect(await rolling(profile, NOW + DAY - 1)).toBe(windows)
  expect(reads).toEqual([])
  expect(await rolling(profile, NOW + DAY)).toMatchObject({ 7: { views: 0 }, 30: { views: 2 } })
  expect(reads).toEqual(['trails.get'])
})
