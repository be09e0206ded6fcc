import type { DeadlineHolder, DeadlineTimers } from '../transports/deadline-timers.ts'
import { createAnswerSlots, type AnswerSlot } from './answer-slots.ts'
import { createRequestCost, REFUSAL_MS } from './request-cost.ts'

export interface AdmissionOptions {
  timers: DeadlineTimers
  /** Requests that are asked for at the same time. */
  maxInFlight: number
}

/** What wants to be asked for. Exactly one of both is called, once. */
export interface Applicant {
  /** There is time to ask until `slot.at`; `slot.release()` when it is answered. */
  begin(slot: AnswerSlot): void
  /** There is not, and it is time to answer. */
  refuse(): void
}

export interface Admission {
  readonly counts: Readonly<AdmissionCounts>
  /** @param deadlineAt when the answer is to be there, on the clock of performance.now() */
  enter(deadlineAt: number, applicant: Applicant): void
}

/** Since the start, and now. */
export interface AdmissionCounts {
  /** Had no time left when they were looked at, or there was no place even for waiting. */
  refusedAtOnce: number
  /** Waited for a place until shortly before their deadline. */
  refusedLate: number
  inFlight: number
  waiting: number
}

/** Kept of each deadline for shaping and sending what came: a tenth of what is left, within these. */
const RESERVE_SHARE = 0.1
const MIN_RESERVE_MS = 2
const MAX_RESERVE_MS = 10
/** With less time than this nothing is asked. */
const MIN_WORK_MS = 1
/** Of the loop's time, for answers that all come due at their deadline, and for refusals; reading is part of either. */
const ANSWER_SHARE = 0.6
const REFUSAL_SHARE = 0.4

/**
 * Lets in what can be answered in time even if all of it must be answered at its deadline. What is more waits: it takes the
 * place of one that was answered sooner, or is refused shortly before its own deadline. A refusal at once would only
 * make a busy caller send its next request at once, until refusing is all that is done; only what is too much even for
 * waiting gets it.
 */
export function createAdmission({ timers, maxInFlight }: AdmissionOptions): Admission {
  const cost = createRequestCost()
  const slots = createAnswerSlots({ answerCostMs: () => cost.ms(), share: ANSWER_SHARE })
  const refusals = createAnswerSlots({ answerCostMs: () => REFUSAL_MS, share: REFUSAL_SHARE })
  const waiting = new Set<Waiting>()
  let inFlight = 0
  let refusedAtOnce = 0
  let refusedLate = 0

  function take(wanted: number): AnswerSlot | null {
    if (inFlight >= maxInFlight) return null
    const slot = slots.take(wanted, performance.now() + MIN_WORK_MS)
    if (!slot) return null
    inFlight++
    cost.begun()
    return { at: slot.at, release: () => leave(slot) }
  }

  function leave(slot: AnswerSlot): void {
    inFlight--
    slot.release()
    for (const first of waiting) {
      const free = take(first.wanted)
      if (free) first.begin(free)
      return
    }
  }

  class Waiting implements DeadlineHolder {
    readonly wanted: number
    readonly #applicant: Applicant
    readonly #refusal: AnswerSlot
    readonly #tick: number

    constructor(wanted: number, applicant: Applicant, refusal: AnswerSlot) {
      this.wanted = wanted
      this.#applicant = applicant
      this.#refusal = refusal
      this.#tick = timers.add(refusal.at, this)
    }

    begin(slot: AnswerSlot): void {
      timers.remove(this.#tick, this)
      this.#leave()
      this.#applicant.begin(slot)
    }

    onDeadline(): void {
      cost.refused()
      refusedLate++
      this.#leave()
      this.#applicant.refuse()
    }

    #leave(): void {
      waiting.delete(this)
      this.#refusal.release()
    }
  }

  return {
    get counts() {
      return { refusedAtOnce, refusedLate, inFlight, waiting: waiting.size }
    },

    enter(deadlineAt, applicant) {
      const now = performance.now()
      const leftMs = deadlineAt - now
      const reserveMs = Math.min(Math.max(leftMs * RESERVE_SHARE, MIN_RESERVE_MS), MAX_RESERVE_MS)
      const wanted = deadlineAt - reserveMs
      const slot = take(wanted)
      if (slot) return applicant.begin(slot)
      const refusal = refusals.take(wanted, now + MIN_WORK_MS)
      if (!refusal) {
        cost.refused()
        refusedAtOnce++
        return applicant.refuse()
      }
      waiting.add(new Waiting(wanted, applicant, refusal))
      return undefined
    },
  }
}
