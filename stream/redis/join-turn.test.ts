import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { joinTurn } from './join-turn.ts'

test('what is asked in one turn is one call, and each gets its own answers', async () => {
  const calls: [items: readonly number[], timeoutMs: number][] = []
  const ask = joinTurn(async (items: readonly number[], timeoutMs) => {
    calls.push([items, timeoutMs])
    return items.map((item) => item * 2)
  })
  const answers = await Promise.all([ask([1, 2], 50), ask([], 50), ask([3], 50), ask([4], 10)])
  expect(answers).toEqual([[2, 4], [], [6], [8]])
  await setImmediate()
  expect(await ask([5], 50)).toEqual([10])
  expect(calls).toEqual([
    [[1, 2, 3], 50],
    [[4], 10],
    [[5], 50],
  ])
})
