import { expect, test } from 'vitest'
import { createDeadlineTimers } from '../transports/deadline-timers.ts'
import { createAdmission } from './admission.ts'
import type { AnswerSlot } from './answer-slots.ts'

function applicant() {
  let decide: (slot: AnswerSlot | null) => void
  const decided = new Promise<AnswerSlot | null>((resolve) => (decide = resolve))
  return { decided, begin: (slot: AnswerSlot) => decide(slot), refuse: () => decide(null) }
}

test('lets the next one in when one has been answered', async () => {
  const admission = createAdmission({ timers: createDeadlineTimers(), maxInFlight: 1 })
  const [first, second] = [applicant(), applicant()]
  const deadlineAt = performance.now() + 10_000
  admission.enter(deadlineAt, first)
  admission.enter(deadlineAt, second)
  const slot = await first.decided
  expect(slot?.at).toBeLessThanOrEqual(deadlineAt - 10)
  slot?.release()
  expect(await second.decided).not.toBeNull()
})

test('refuses shortly before the deadline what never got its turn', async () => {
  const admission = createAdmission({ timers: createDeadlineTimers(), maxInFlight: 1 })
  admission.enter(performance.now() + 10_000, applicant())
  const late = applicant()
  const deadlineAt = performance.now() + 50
  admission.enter(deadlineAt, late)
  expect(await late.decided).toBeNull()
  expect(performance.now()).toBeGreaterThan(deadlineAt - 15)
})

test('refuses at once what has no time, and what is too much even for waiting', async () => {
  const admission = createAdmission({ timers: createDeadlineTimers(), maxInFlight: 1 })
  const late = applicant()
  admission.enter(performance.now() - 1, late)
  expect(await late.decided).toBeNull()
  let refused = 0
  const refuse = (): void => void refused++
  const deadlineAt = performance.now() + 10
  for (let i = 0; i < 1_000; i++) admission.enter(deadlineAt, { begin: () => undefined, refuse })
  expect(refused).toBeGreaterThan(500)
  expect(admission.counts).toMatchObject({ refusedAtOnce: refused + 1, refusedLate: 0, inFlight: 1 })
})
