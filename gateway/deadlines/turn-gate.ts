import type { TurnClock } from './turn-clock.ts'

export interface TurnGateOptions {
  turns: TurnClock
  /** Of one turn of the event loop, for beginning work. */
  maxTurnMs?: number
  maxWaiting?: number
}

/** Bounds the work that one turn of the event loop begins; what is more begins in the next ones. */
export interface TurnGate {
  /** Runs `begin` now or in a later turn, first come, first served; false when too many wait already. */
  enter(begin: () => void): boolean
}

/**
 * A turn that goes on and on lets no deadline be kept: timers run between turns alone. As long as more than a thousand
 * connections have something to read, libuv does not even end a turn by itself, and each answer lets a busy caller send its
 * next request; so an answer that is not begun now also ends the turn sooner.
 */
export function createTurnGate({ turns, maxTurnMs = 10, maxWaiting = 10_000 }: TurnGateOptions): TurnGate {
  let waiting: (() => void)[] = []

  function begin(): void {
    const until = performance.now() + maxTurnMs
    let begun = 0
    while (begun < waiting.length && performance.now() < until) waiting[begun++]?.()
    waiting = waiting.slice(begun)
    if (waiting.length > 0) setImmediate(begin)
  }

  return {
    enter(work) {
      if (waiting.length === 0 && turns.spentMs() < maxTurnMs) {
        work()
        return true
      }
      if (waiting.length >= maxWaiting) return false
      if (waiting.push(work) === 1) setImmediate(begin)
      return true
    },
  }
}
