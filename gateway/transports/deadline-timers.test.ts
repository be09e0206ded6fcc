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

test('whoever is woken in a long turn tells those whose time has come, in order, once', async () => {
  const timers = createDeadlineTimers()
  const told: string[] = []
  const now = performance.now()
  timers.add(now + 20, { onDeadline: () => told.push('second') })
  timers.add(now + 10, { onDeadline: () => told.push('first') })
  timers.add(now + 10_000, { onDeadline: () => told.push('much later') })
  timers.tellDue()
  expect(told).toEqual([])
  while (performance.now() < now + 30);
  timers.tellDue()
  timers.tellDue()
  expect(told).toEqual(['first', 'second'])
  await new Promise((resolve) => setTimeout(resolve, 30))
  expect(told).toEqual(['first', 'second'])
})
