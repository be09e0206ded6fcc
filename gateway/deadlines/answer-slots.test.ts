import { expect, test } from 'vitest'
import { createAnswerSlots } from './answer-slots.ts'

/** Two answers in each four milliseconds. */
const TIGHT = { slotMs: 4, answerCostMs: () => 2, share: 1 }

test('gives the time that is wanted while there is room, and earlier ones after that', () => {
  const slots = createAnswerSlots(TIGHT)
  const times = [0, 1, 2, 3, 4].map(() => slots.take(91, 0)?.at)
  expect(times).toEqual([91, 91, 84, 84, 80])
})

test('refuses when all is taken, and has room again when an answer was given', () => {
  const slots = createAnswerSlots(TIGHT)
  const [first] = [slots.take(10, 5), slots.take(10, 5)]
  expect(slots.take(10, 5)).toBeNull()
  first?.release()
  expect(slots.take(10, 5)?.at).toBe(10)
})

test('keeps nothing of answers that were given', () => {
  const slots = createAnswerSlots(TIGHT)
  for (let i = 0; i < 1_000; i++) slots.take(i, 0)?.release()
  expect(slots.take(500, 496)?.at).toBe(500)
})
