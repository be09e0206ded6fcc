import { expect, test } from 'vitest'
import { createCircuitBreaker, type CallOutcome, type CircuitBreaker } from './circuit-breaker.ts'

const OPTIONS = {
  maxConsecutiveFailures: 3,
  maxFailureRate: 0.5,
  minCalls: 6,
  windowMs: 1_000,
  openMs: 100,
  maxOpenMs: 300,
  refusedOpenMs: 20,
  maxProbeMs: 50,
}

function setUp() {
  const time = { now: 5_000 }
  return { time, breaker: createCircuitBreaker(OPTIONS, () => time.now) }
}

function call(breaker: CircuitBreaker, outcome: CallOutcome): boolean {
  const ticket = breaker.enter()
  if (ticket !== null) breaker.leave(ticket, outcome)
  return ticket !== null
}

function trip(breaker: CircuitBreaker): void {
  for (let i = 0; i < 3; i++) call(breaker, 'failure')
}

test('opens after failures in a row, and one success between begins the count anew', () => {
  const { breaker } = setUp()
  call(breaker, 'failure')
  call(breaker, 'failure')
  call(breaker, 'success')
  call(breaker, 'failure')
  call(breaker, 'failure')
  expect(breaker.state).toBe('closed')
  call(breaker, 'failure')
  expect(breaker.state).toBe('open')
  expect(breaker.enter()).toBeNull()
})

test('opens when half of enough calls failed, though never many in a row', () => {
  const { breaker } = setUp()
  for (const outcome of ['success', 'failure', 'success', 'failure', 'success'] as const)
    call(breaker, outcome)
  expect(breaker.state).toBe('closed')
  call(breaker, 'failure')
  expect(breaker.state).toBe('open')
})

test('failures that the window has left behind do not count', () => {
  const { breaker, time } = setUp()
  for (const outcome of ['success', 'failure', 'failure', 'success'] as const) call(breaker, outcome)
  time.now += 1_001
  for (const outcome of ['success', 'success', 'success', 'success', 'failure', 'failure'] as const) {
    call(breaker, outcome)
  }
  expect(breaker.state).toBe('closed')
})

test('neutral outcomes neither open nor close', () => {
  const { breaker, time } = setUp()
  for (let i = 0; i < 50; i++) call(breaker, 'neutral')
  expect(breaker.state).toBe('closed')
  trip(breaker)
  time.now += 100
  expect(call(breaker, 'neutral')).toBe(true)
  expect(breaker.state).toBe('half-open')
  expect(call(breaker, 'success')).toBe(true)
  expect(breaker.state).toBe('closed')
})

test('half-open lets one probe through at a time', () => {
  const { breaker, time } = setUp()
  trip(breaker)
  time.now += 100
  const probe = breaker.enter()
  expect(probe).not.toBeNull()
  expect(breaker.enter()).toBeNull()
  breaker.leave(probe ?? -1, 'success')
  expect(breaker.state).toBe('closed')
})

test('a probe that is not answered makes way for another: its failure decides nothing, its success does', () => {
  const { breaker, time } = setUp()
  trip(breaker)
  time.now += 100
  const hanging = breaker.enter()
  time.now += 49
  expect(breaker.enter()).toBeNull()
  time.now += 1
  const next = breaker.enter()
  expect(next).not.toBeNull()
  breaker.leave(hanging ?? -1, 'failure')
  expect(breaker.state).toBe('half-open')
  time.now += 50
  expect(breaker.enter()).not.toBeNull()
  breaker.leave(next ?? -1, 'success')
  expect(breaker.state).toBe('closed')
})

test('each failed probe doubles the wait up to its bound, and a success ends that', () => {
  const { breaker, time } = setUp()
  trip(breaker)
  for (const waitMs of [100, 200, 300, 300]) {
    time.now += waitMs - 1
    expect(breaker.enter()).toBeNull()
    time.now += 1
    expect(call(breaker, 'failure')).toBe(true)
  }
  time.now += 300
  call(breaker, 'success')
  trip(breaker)
  time.now += 100
  expect(call(breaker, 'success')).toBe(true)
})

test('what was sent before the circuit opened says nothing about the probe', () => {
  const { breaker, time } = setUp()
  const early = breaker.enter()
  trip(breaker)
  time.now += 100
  const probe = breaker.enter()
  breaker.leave(early ?? -1, 'success')
  expect(breaker.state).toBe('half-open')
  breaker.leave(probe ?? -1, 'failure')
  expect(breaker.state).toBe('open')
})

test('a process that refuses connections is tried again soon, and no later for having been away long', () => {
  const { time, breaker } = setUp()
  for (let i = 0; i < 3; i++) call(breaker, 'refused')
  for (let tries = 0; tries < 5; tries++) {
    expect(breaker.state).toBe('open')
    time.now += 20
    expect(breaker.state).toBe('half-open')
    call(breaker, 'refused')
  }
  time.now += 20
  call(breaker, 'success')
  expect(breaker.state).toBe('closed')
})
