import { expect, test, vi } from 'vitest'
import { createSluice } from './sluice.ts'

test('an answer in time is passed on, a failure too, and nobody waits longer than he may', async () => {
  const sluice = createSluice()
  expect(await sluice(async () => 'answer', 1_000)).toBe('answer')
  await expect(sluice(() => Promise.reject(new Error('refused')), 1_000)).rejects.toThrow('refused')
  expect(await sluice(() => new Promise<never>(() => undefined), 5)).toBeNull()
})

test('after three late answers it pauses, then one call finds out whether answers come again', async () => {
  let now = 0
  const sluice = createSluice(() => now)
  const never = vi.fn(() => new Promise<never>(() => undefined))
  for (let i = 0; i < 5; i++) await sluice(never, 1)
  expect(never).toHaveBeenCalledTimes(3)
  now += 250
  expect(await sluice(async () => 'back', 1_000)).toBe('back')
  for (let i = 0; i < 2; i++) await sluice(never, 1)
  expect(await sluice(async () => 'still asked', 1_000)).toBe('still asked')
})
