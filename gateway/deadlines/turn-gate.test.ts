import { expect, test } from 'vitest'
import { createTurnGate } from './turn-gate.ts'

const clockAt = (spent: { ms: number }) => ({
  onConnection: () => undefined,
  arrivedAt: () => 0,
  see: () => undefined,
  readUpTo: () => 0,
  spentMs: () => spent.ms,
})

test('begins at once while the turn is young, and in order in later turns when it is not', async () => {
  const spent = { ms: 0 }
  const gate = createTurnGate({ turns: clockAt(spent), maxTurnMs: 10 })
  const begun: string[] = []
  gate.enter(() => begun.push('young'))
  expect(begun).toEqual(['young'])
  spent.ms = 10
  gate.enter(() => begun.push('first'))
  spent.ms = 0
  gate.enter(() => begun.push('second'))
  expect(begun).toEqual(['young'])
  await new Promise((resolve) => setImmediate(resolve))
  expect(begun).toEqual(['young', 'first', 'second'])
})

test('lets timers run between turns that have more to begin than they may', async () => {
  const gate = createTurnGate({ turns: clockAt({ ms: 100 }), maxTurnMs: 5 })
  const order: string[] = []
  const busy = (name: string) => () => {
    const until = performance.now() + 6
    while (performance.now() < until);
    order.push(name)
  }
  gate.enter(busy('first'))
  gate.enter(busy('second'))
  setTimeout(() => order.push('timer'), 1)
  await new Promise<void>((resolve) => gate.enter(resolve))
  expect(order).toEqual(['first', 'timer', 'second'])
})

test('counts what the promises of a work do as its own', async () => {
  const gate = createTurnGate({ turns: clockAt({ ms: 100 }), maxTurnMs: 5 })
  const begun: string[] = []
  const inPromises = async (name: string): Promise<void> => {
    await Promise.resolve()
    const until = performance.now() + 6
    while (performance.now() < until);
    begun.push(name)
  }
  gate.enter(() => void inPromises('first'))
  gate.enter(() => void inPromises('second'))
  await new Promise((resolve) => setImmediate(resolve))
  expect(begun).toEqual(['first'])
})

test('says no when too many wait', () => {
  const gate = createTurnGate({ turns: clockAt({ ms: 100 }), maxWaiting: 1 })
  expect([gate.enter(() => undefined), gate.enter(() => undefined)]).toEqual([true, false])
})
