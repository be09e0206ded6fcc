import { expect, test } from 'vitest'
import { createTurnClock } from './turn-clock.ts'

const KNOWN = {}

function handMadeLoop() {
  const loop = { at: 0, turn: 1, idle: 0, ends: [] as (() => void)[] }
  const clock = createTurnClock({
    now: () => loop.at,
    turnNumber: () => loop.turn,
    idleMs: () => loop.idle,
    atEndOfTurn: (callback) => loop.ends.push(callback),
  })
  const nextTurn = (idleMs: number): void => {
    for (const end of loop.ends.splice(0)) end()
    loop.turn++
    loop.idle += idleMs
    loop.at += idleMs
  }
  return { loop, clock, nextTurn }
}

test('gives all requests of a turn the time at which the first was seen', () => {
  const { loop, clock } = handMadeLoop()
  loop.at = 10
  expect(clock.arrivedAt(KNOWN)).toBe(10)
  loop.at = 35
  expect([clock.arrivedAt(KNOWN), clock.spentMs()]).toEqual([10, 25])
})

test('counts the turn before in when the loop had no rest between', () => {
  const { loop, clock, nextTurn } = handMadeLoop()
  loop.at = 10
  clock.arrivedAt(KNOWN)
  loop.at = 50
  nextTurn(0)
  expect([clock.arrivedAt(KNOWN), clock.spentMs()]).toEqual([10, 0])
})

test('does not when the loop had waited for something to do, or had other turns between', () => {
  const { loop, clock, nextTurn } = handMadeLoop()
  loop.at = 10
  clock.arrivedAt(KNOWN)
  nextTurn(5)
  expect(clock.arrivedAt(KNOWN)).toBe(15)
  nextTurn(0)
  loop.at = 90
  nextTurn(0)
  expect(clock.arrivedAt(KNOWN)).toBe(90)
})

test('counts how long a connection of a burst waited to be accepted, for its first request', () => {
  const { loop, clock, nextTurn } = handMadeLoop()
  const connections = [{}, {}, {}] as const
  for (const connection of connections) {
    clock.onConnection(connection)
    loop.at += 10
    nextTurn(0)
  }
  expect(clock.arrivedAt(connections[2])).toBe(0)
  expect(clock.arrivedAt(connections[2])).toBe(20)
})

test('does not for a connection that had nothing to say when the loop waited', () => {
  const { loop, clock, nextTurn } = handMadeLoop()
  const connection = {}
  clock.onConnection(connection)
  loop.at += 10
  nextTurn(100)
  expect(clock.arrivedAt(connection)).toBe(110)
})

test('knows up to when all that came has been looked at: not beyond the turn before, while this one goes on', () => {
  const { loop, clock, nextTurn } = handMadeLoop()
  loop.at = 10
  clock.see()
  loop.at = 90
  nextTurn(0)
  expect(clock.readUpTo()).toBe(10)
  nextTurn(5)
  expect(clock.readUpTo()).toBe(95)
})

test('takes work behind the end of a turn for a part of it, so that the next one still counts it', () => {
  const { loop, clock, nextTurn } = handMadeLoop()
  loop.at = 10
  clock.see()
  loop.at = 50
  for (const end of loop.ends.splice(0)) end()
  clock.see()
  expect(clock.readUpTo()).toBe(10)
  loop.at = 70
  nextTurn(0)
  expect([clock.arrivedAt(KNOWN), clock.spentMs()]).toEqual([10, 0])
})

test('knows the turns of Node', async () => {
  const clock = createTurnClock()
  const first = clock.arrivedAt(KNOWN)
  expect(clock.arrivedAt(KNOWN)).toBe(first)
  await new Promise((resolve) => setTimeout(resolve, 5))
  expect(clock.arrivedAt(KNOWN)).toBeGreaterThan(first)
})
