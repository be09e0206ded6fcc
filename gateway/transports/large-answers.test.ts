import { expect, test } from 'vitest'
import { createOneEachTurn } from './large-answers.ts'

test('lets timers run between two works', async () => {
  const oneEachTurn = createOneEachTurn()
  const order: string[] = []
  setTimeout(() => order.push('timer'), 1)
  oneEachTurn(() => {
    const until = performance.now() + 3
    while (performance.now() < until);
    order.push('first')
  })
  oneEachTurn(() => order.push('second'))
  await new Promise<void>((resolve) => oneEachTurn(resolve))
  expect(order).toEqual(['first', 'timer', 'second'])
})
