import { expect, test } from 'vitest'
import { createCallLimit } from './call-limit.ts'

function named(name: string, started: string[]) {
  return { start: () => void started.push(name) }
}

test('runs so many at a time, queues so many, refuses the rest, and takes turns in order', () => {
  const limit = createCallLimit({ maxConcurrentCalls: 1, maxQueuedCalls: 2 })
  const started: string[] = []
  const calls = ['a', 'b', 'c', 'd'].map((name) => named(name, started))
  expect(calls.map((call) => limit.enter(call))).toEqual(['started', 'queued', 'queued', 'refused'])
  limit.leave()
  expect(started).toEqual(['a', 'b'])
  limit.leave()
  limit.leave()
  expect(started).toEqual(['a', 'b', 'c'])
  expect(limit.running).toBe(0)
})

test('a call that left the queue is not started, and only once is it taken out', () => {
  const limit = createCallLimit({ maxConcurrentCalls: 1, maxQueuedCalls: 2 })
  const started: string[] = []
  const [a, b] = [named('a', started), named('b', started)]
  limit.enter(a)
  limit.enter(b)
  expect([limit.withdraw(b), limit.withdraw(b)]).toEqual([true, false])
  limit.leave()
  expect(started).toEqual(['a'])
})

test('idle comes when the last one has left', async () => {
  const limit = createCallLimit({ maxConcurrentCalls: 2, maxQueuedCalls: 0 })
  await limit.idle()
  limit.enter({ start: () => undefined })
  let isIdle = false
  const idle = limit.idle().then(() => (isIdle = true))
  expect(isIdle).toBe(false)
  limit.leave()
  await idle
})
