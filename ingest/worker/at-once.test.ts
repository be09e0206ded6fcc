import { expect, test } from 'vitest'
import { atOnce } from './at-once.ts'

test('parts are worked on at once, and told in their order', async () => {
  let running = 0
  let most = 0
  const sums = await atOnce([1, 2, 3, 4, 5], 2, async (part) => {
    most = Math.max(most, ++running)
    await new Promise((resolve) => setImmediate(resolve))
    running--
    return part.reduce((sum, item) => sum + item, 0)
  })
  expect(sums).toEqual([3, 7, 5])
  expect(most).toBe(3)
})

test('one that fails is told when all have ended', async () => {
  let ended = 0
  const working = atOnce([1, 2], 1, async (part) => {
    if (part[0] === 1) throw new Error('the first')
    await new Promise((resolve) => setImmediate(resolve))
    ended++
  })
  await expect(working).rejects.toThrow('the first')
  expect(ended).toBe(1)
})
