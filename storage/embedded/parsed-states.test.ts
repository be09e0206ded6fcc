import { expect, test } from 'vitest'
import { emptyState } from '../../core/profile/state.ts'
import { createParsedStates } from './parsed-states.ts'

const stateOf = (events: number) => ({ ...emptyState(), events })
const textOf = (events: number) => JSON.stringify(stateOf(events))

test('what reads as it was written is what was written, and nothing else is', () => {
  const states = createParsedStates()
  states.keep('t', textOf(1), stateOf(1))
  const written = states.parse('t', textOf(1))
  expect(written).toEqual(stateOf(1))
  expect(states.parse('t', textOf(1))).toBe(written)
  expect(states.parse('t', textOf(2))).toEqual(stateOf(2))
  expect(states.parse('u', textOf(1))).not.toBe(written)
  states.keep('t', textOf(3), stateOf(3))
  expect(states.parse('t', textOf(1))).not.toBe(written)
})

test('keeps no more than its bound, the last that were written', () => {
  const states = createParsedStates()
  const long = textOf(1).padEnd(1_500_000)
  for (const id of ['a', 'b', 'c', 'c']) states.keep(id, long, stateOf(1))
  const isKept = (id: string) => states.parse(id, long) === states.parse(id, long)
  expect(['a', 'b', 'c'].map(isKept)).toEqual([false, true, true])
})
