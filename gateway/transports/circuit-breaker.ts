/**
 * What became of a call. `refused`: nobody listens there, which is known at once. `neutral` says nothing about the other
 * side: the caller left, or had no time to begin with.
 */
export type CallOutcome = 'success' | 'failure' | 'refused' | 'neutral'

export type CircuitState = 'closed' | 'open' | 'half-open'

export interface CircuitBreakerOptions {
  /** Opens after so many failures with no success between. */
  maxConsecutiveFailures: number
  /** Opens when at least this share of the window's calls failed … */
  maxFailureRate: number
  /** … and there were at least so many of them. */
  minCalls: number
  windowMs: number
  /** How long nothing is sent before one probe is. Doubles with each probe that fails, up to `maxOpenMs`. */
  openMs: number
  maxOpenMs: number
  /** The same after a connection was refused: to try costs nothing, and a process that starts again is found in time. */
  refusedOpenMs: number
  /** A probe that is not answered for so long stands in the way of the next one no more; its failure decides nothing. */
  maxProbeMs: number
}

export const DEFAULT_CIRCUIT_BREAKER: CircuitBreakerOptions = {
  maxConsecutiveFailures: 10,
  maxFailureRate: 0.5,
  minCalls: 20,
  windowMs: 10_000,
  openMs: 1_000,
  // A subgraph that is well again is asked again within five seconds, however long it was away and whatever became of
  // the probe that was under way. One call in so long costs nothing.
  maxOpenMs: 2_000,
  refusedOpenMs: 100,
  maxProbeMs: 1_000,
}

/**
 * Keeps calls from a subgraph that keeps failing, so that its fields fail at once instead of late. While half-open, one
 * call at a time is let through; the first that succeeds closes the circuit. What was sent in an earlier state is
 * not counted when it comes back.
 */
export interface CircuitBreaker {
  /** `half-open` as soon as a probe would be let through. */
  readonly state: CircuitState
  /** A ticket to give back with the outcome, or null when the call must not be made. */
  enter(): number | null
  leave(ticket: number, outcome: CallOutcome): void
}

/** @param now in milliseconds, never going back */
export function createCircuitBreaker(options: CircuitBreakerOptions, now: () => number): CircuitBreaker {
  const { maxConsecutiveFailures, maxFailureRate, minCalls, windowMs } = options
  const { openMs, maxOpenMs, refusedOpenMs, maxProbeMs } = options
  let state: CircuitState = 'closed'
  /** Rises with each change of state. */
  let ticket = 0
  let consecutiveFailures = 0
  let window = createWindow(windowMs)
  let probing = false
  let probedAt = 0
  let firstProbe = 0
  let retryAt = 0
  let nextOpenMs = openMs

  function change(to: CircuitState): void {
    state = to
    ticket++
    probing = false
    consecutiveFailures = 0
    window = createWindow(windowMs)
  }

  function open(outcome: CallOutcome): void {
    change('open')
    if (outcome === 'refused') {
      retryAt = now() + refusedOpenMs
      return
    }
    retryAt = now() + nextOpenMs
    nextOpenMs = Math.min(nextOpenMs * 2, maxOpenMs)
  }

  function judge(outcome: CallOutcome): void {
    const failed = outcome !== 'success'
    window.add(now(), failed)
    consecutiveFailures = failed ? consecutiveFailures + 1 : 0
    if (!failed) return
    const { calls, failures } = window.totals()
    if (consecutiveFailures >= maxConsecutiveFailures) open(outcome)
    else if (calls >= minCalls && failures >= calls * maxFailureRate) open(outcome)
  }

  return {
    get state() {
      return state === 'open' && now() >= retryAt ? 'half-open' : state
    },

    enter() {
      if (state === 'closed') return ticket
      if (state === 'open' && now() >= retryAt) {
        change('half-open')
        firstProbe = ticket
      }
      if (state === 'open' || (probing && now() < probedAt + maxProbeMs)) return null
      // That one was given up.
      if (probing) ticket++
      probing = true
      probedAt = now()
      return ticket
    },

    leave(given, outcome) {
      const isLateSuccess = state === 'half-open' && given >= firstProbe && outcome === 'success'
      if (given !== ticket && !isLateSuccess) return
      if (state === 'closed') {
        if (outcome !== 'neutral') judge(outcome)
        return
      }
      probing = false
      if (outcome === 'failure' || outcome === 'refused') open(outcome)
      if (outcome === 'success') {
        nextOpenMs = openMs
        change('closed')
      }
    },
  }
}

const SLOTS = 10

/** Counts over the last `windowMs`, forgetting a tenth of it at a time. */
function createWindow(windowMs: number) {
  const slotMs = windowMs / SLOTS
  const calls = Array.from({ length: SLOTS }, () => 0)
  const failures = Array.from({ length: SLOTS }, () => 0)
  let current = -1

  return {
    add(now: number, failed: boolean): void {
      const slot = Math.floor(now / slotMs)
      const stale = current < 0 ? 0 : Math.min(slot - current, SLOTS)
      for (let i = 0; i < stale; i++) {
        calls[(slot - i) % SLOTS] = 0
        failures[(slot - i) % SLOTS] = 0
      }
      current = slot
      const at = slot % SLOTS
      calls[at] = (calls[at] ?? 0) + 1
      if (failed) failures[at] = (failures[at] ?? 0) + 1
    },
    /** As of the last `add`. */
    totals: () => ({ calls: sum(calls), failures: sum(failures) }),
  }
}

function sum(counts: readonly number[]): number {
  let total = 0
  for (const count of counts) total += count
  return total
}
