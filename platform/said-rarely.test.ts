import { expect, test } from 'vitest'
import { createSaidRarely } from './said-rarely.ts'

test('tells a thing once in its time, and then how often it went untold', () => {
  let now = 0
  const isToBeTold = createSaidRarely({ everyMs: 1_000, now: () => now })
  expect(isToBeTold('catalog is late')).toEqual({ untold: 0 })
  expect(isToBeTold('catalog is late')).toBeNull()
  expect(isToBeTold('people is late')).toEqual({ untold: 0 })
  now = 999
  expect(isToBeTold('catalog is late')).toBeNull()
  now = 1_000
  expect(isToBeTold('catalog is late')).toEqual({ untold: 2 })
})

test('keeps no more things apart than it may', () => {
  const isToBeTold = createSaidRarely({ maxThings: 2, now: () => 0 })
  expect(['a', 'b', 'c', 'a', 'a'].map(isToBeTold)).toEqual([
    { untold: 0 },
    { untold: 0 },
    { untold: 0 },
    { untold: 0 },
    null,
  ])
})
