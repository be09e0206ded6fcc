import { expect, test } from 'vitest'
import { createBoundedQueue } from './bounded-queue.ts'

test('runs so many at once, lets so many wait, and takes no more', async () => {
  const queue = createBoundedQueue({ maxAtOnce: 1, maxWaiting: 1 })
  const started: string[] = []
  const end: Record<string, () => void> = {}
  const work = (name: string) => () =>
    new Promise<string>((resolve) => {
      started.push(name)
      end[name] = () => resolve(name)
    })
  const first = queue(work('first'))
  const second = queue(work('second'))
  expect(queue(work('third'))).toBeUndefined()
  expect(started).toEqual(['first'])
  end['first']?.()
  await first
  await Promise.resolve()
  end['second']?.()
  expect(await second).toBe('second')
  expect(started).toEqual(['first', 'second'])
})

test('goes on after a failure', async () => {
  const queue = createBoundedQueue({ maxAtOnce: 1, maxWaiting: 1 })
  await expect(queue(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await queue(() => Promise.resolve(1))).toBe(1)
})
