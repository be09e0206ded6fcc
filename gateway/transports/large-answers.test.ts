import { expect, test } from 'vitest'
import { createDeadlineTimers } from './deadline-timers.ts'
import { createOneEachTurn } from './large-answers.ts'

test('lets timers run between two works', async () => {
  const oneEachTurn = createOneEachTurn(createDeadlineTimers())
  const order: string[] = []
  setTimeout(() => order.push('timer'), 1)
  oneEachTurn(() => {
    const until = performance.now() + 3
    while (performance.now() < until);
    order.push('first')
  }, 200_000)
  oneEachTurn(() => order.push('second'), 200_000)
  await new Promise<void>((resolve) => oneEachTurn(resolve, 200_000))
  expect(order).toEqual(['first', 'timer', 'second'])
})

test('tells before it whose time comes while it is read, and learns how long that takes', async () => {
  const timers = createDeadlineTimers()
  const oneEachTurn = createOneEachTurn(timers)
  const order: string[] = []
  const read = (name: string) => (): void => {
    order.push(name)
    const until = performance.now() + 30
    while (performance.now() < until);
  }
  const given = (name: string, inMs: number): void => {
    timers.add(performance.now() + inMs, { onDeadline: () => order.push(name) })
  }
  given('within 10 ms', 10)
  await new Promise<void>((resolve) => oneEachTurn(() => resolve(read('first')()), 2 ** 20))
  await new Promise((resolve) => setTimeout(resolve, 5))
  given('within 20 ms', 20)
  given('later', 2_000)
  await new Promise<void>((resolve) => oneEachTurn(() => resolve(read('second')()), 2 ** 20))
  expect(order).toEqual(['within 10 ms', 'first', 'within 20 ms', 'second'])
})
