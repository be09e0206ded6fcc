import { expect, test } from 'vitest'
import { didYouMean, nearest } from './nearest.ts'

test('finds what a typo meant, and nothing for what is far from all', () => {
  const words = ['import', 'status', 'keys create']
  expect(nearest('improt', words)).toBe('import')
  expect(nearest('STATUS', words)).toBe('status')
  expect(nearest('frobnicate', words)).toBeNull()
  expect(didYouMean('statsu', words)).toBe('; did you mean status?')
  expect(didYouMean('x'.repeat(100_000), words)).toBe('')
})
