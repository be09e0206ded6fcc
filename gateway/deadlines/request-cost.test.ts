import { expect, test } from 'vitest'
import { createRequestCost } from './request-cost.ts'

test('follows what requests cost, without what refusals do', () => {
  let now = 0
  let worked = 0
  const cost = createRequestCost({ initialMs: 0.5, now: () => now, workedMs: () => worked })
  for (let i = 0; i < 10; i++) {
    now += 100
    worked += 100
    for (let each = 0; each < 100; each++) cost.refused()
    for (let each = 0; each < 50; each++) cost.begun()
  }
  expect(cost.ms()).toBeGreaterThan(1.8)
  expect(cost.ms()).toBeLessThan(2)
})

test('says nothing of a loop that has hardly begun any', () => {
  let now = 0
  const cost = createRequestCost({ initialMs: 0.5, now: () => now, workedMs: () => now })
  for (let i = 0; i < 19; i++) {
    now += 100
    cost.begun()
  }
  expect(cost.ms()).toBe(0.5)
})
