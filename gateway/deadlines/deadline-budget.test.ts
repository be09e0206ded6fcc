import { expect, test } from 'vitest'
import { deadlineBudget } from './deadline-budget.ts'

const bounds = { defaultMs: 250, minMs: 5, maxMs: 30_000 }

test.each([
  [undefined, 250],
  [null, 250],
  [150, 150],
  ['150', 150],
  [0.5, 5],
  [0, 5],
  [1e9, 30_000],
])('%j is %i ms', (given, expected) => {
  expect(deadlineBudget(given, 'deadlineMs', bounds)).toBe(expected)
})

test.each(['soon', '', ' ', -1, Number.NaN, Number.POSITIVE_INFINITY, {}, [5], true])(
  '%j is refused',
  (given) => {
    expect(() => deadlineBudget(given, 'x-deadline-ms', bounds)).toThrow(/x-deadline-ms: expected a number/)
  },
)
