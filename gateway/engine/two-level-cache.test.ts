import { expect, test } from 'vitest'
import { TwoLevelCache } from './two-level-cache.ts'

test('a stream of keys that never come again does not push out what is in use', () => {
  const cache = new TwoLevelCache<{ key: string }>({ maxEntries: 8, maxWeight: 1_000 })
  for (const key of ['warm', 'also warm']) {
    cache.set(key, { key }, 10)
    cache.get(key)
  }
  for (let index = 0; index < 1_000; index++) cache.set(`hostile ${index}`, { key: 'x' }, 10)
  expect(cache.get('warm')).toEqual({ key: 'warm' })
  expect(cache.get('also warm')).toEqual({ key: 'also warm' })
  expect(cache.counts.entries).toBeLessThanOrEqual(8)
})

test('stays within its weight, and counts hits and misses', () => {
  const cache = new TwoLevelCache<{ key: string }>({ maxEntries: 1_000, maxWeight: 100 })
  for (let index = 0; index < 100; index++) cache.set(String(index), { key: 'x' }, 10)
  expect(cache.counts.entries).toBeLessThanOrEqual(10)
  expect(cache.get('99')).toBeDefined()
  expect(cache.get('0')).toBeUndefined()
  expect(cache.counts).toMatchObject({ hits: 1, misses: 1 })
})
