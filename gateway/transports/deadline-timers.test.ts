import { expect, test } from 'vitest'
import { createDeadlineTimers, TICK_MS } from './deadline-timers.ts'

test('a holder is told at its deadline, give or take one tick; one that was taken back is not', async () => {
  const timers = createDeadlineTimers()
  const at = performance.now() + 30
  const taken = { onDeadline: () => expect.unreachable('it was taken back') }
  timers.remove(timers.add(at, taken), taken)
  timers.remove(timers.add(at, taken), taken)
  const told = await new Promise<number>((resolve) => {
    timers.add(at, { onDeadline: () => resolve(performance.now()) })
  })
  expect(told).toBeGreaterThan(at - TICK_MS - 1)
})

test('a deadline that has passed comes at once, and one that never comes is no error', async () => {
  const timers = createDeadlineTimers()
  const never = { onDeadline: () => expect.unreachable('it never comes') }
  timers.remove(timers.add(Infinity, never), never)
  await new Promise<void>((resolve) => {
    timers.add(performance.now() - 1_000, { onDeadline: resolve })
  })
})
