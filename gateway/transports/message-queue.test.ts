import { expect, test, vi } from 'vitest'
import { createMessageQueue } from './message-queue.ts'
import { all } from './testing/serve.ts'

test('gives messages in order, those that wait and those that are waited for', async () => {
  const queue = createMessageQueue<number>(10, () => undefined)
  const first = queue.next()
  for (const message of [1, 2, 3]) queue.push(message)
  queue.end()
  expect(await first).toEqual({ done: false, value: 1 })
  expect(await all(queue)).toEqual([2, 3])
})

test('holds no more than its bound, and takes nothing after its end', async () => {
  const queue = createMessageQueue<number>(2, () => undefined)
  expect([1, 2, 3].map((message) => queue.push(message))).toEqual([true, true, false])
  queue.end(new Error('too slow'))
  expect(queue.push(4)).toBe(false)
  expect([await queue.next(), await queue.next()].map(({ value }): unknown => value)).toEqual([1, 2])
  await expect(queue.next()).rejects.toThrow('too slow')
  expect(await queue.next()).toEqual({ done: true, value: undefined })
})

test('a reader who leaves ends what waits, once', async () => {
  const onReturn = vi.fn<() => void>()
  const queue = createMessageQueue<number>(2, onReturn)
  const waiting = queue.next()
  await queue.return()
  await queue.return()
  expect(await waiting).toEqual({ done: true, value: undefined })
  expect(onReturn).toHaveBeenCalledTimes(1)
})
