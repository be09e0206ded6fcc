import { expect, test } from 'vitest'
import { HandedOn } from './handed-on.ts'

test('is taken in the order in which it came, each once, with what it was at last', () => {
  const handed = new HandedOn<number>(10)
  let wakes = 0
  handed.onPut = () => wakes++
  handed.put([
    ['a', 1],
    ['b', 2],
  ])
  handed.put([['a', 3]])
  expect(wakes).toBe(2)
  expect([handed.has('a'), handed.has('c')]).toEqual([true, false])
  expect(handed.take(1)).toEqual([['a', 3]])
  expect(handed.take(9)).toEqual([['b', 2]])
  expect(handed.take(9)).toEqual([])
})

test('takes no more than its bound, but what is newer of what it has', () => {
  const handed = new HandedOn<number>(2)
  handed.put([
    ['a', 1],
    ['b', 2],
    ['c', 3],
    ['a', 4],
  ])
  expect(handed.isFull).toBe(true)
  expect(handed.take(9)).toEqual([
    ['a', 4],
    ['b', 2],
  ])
})

test('what was taken in vain is there again, unless there is something newer', () => {
  const handed = new HandedOn<number>(2)
  handed.put([
    ['a', 1],
    ['b', 2],
  ])
  const taken = handed.take(9)
  handed.put([['a', 3]])
  handed.putBack(taken)
  expect(handed.take(9)).toEqual([
    ['a', 3],
    ['b', 2],
  ])
})
