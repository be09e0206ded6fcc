import type { TurnClock } from './turn-clock.ts'

export interface TurnGateOptions {
  turns: TurnClock
  /** Of one turn of the event loop, for beginning work. */
  maxTurnMs?: number
  maxWaiting?: number
}

/** Bounds the work that one turn of the event loop begins; what is more begins in the next ones. */
export interface TurnGate {
  /** Whether work that comes now would begin at once. */
  readonly isOpen: boolean
  /** Runs `begin` now or in a later turn, first come, first served; false when too many wait already. */
  enter(begin: () => void): boolean
}

/**
 * A turn that goes on and on lets no deadline be kept: timers run between turns alone. As long as more than a thousand
 * connections have something to read, libuv does not even end a turn by itself, and each answer lets a busy caller send its
 * next request; so an answer that is not begun now also ends the turn sooner.
 */
export function createTurnGate({ turns, maxTurnMs = 10, maxWaiting = 10_000 }: TurnGateOptions): TurnGate {
  const waiting: (() => void)[] = []
  let until = 0

  function beginTurn(): void {
    until = performance.now() + maxTurnMs
    beginNext()
  }

  function beginNext(): void {
    waiting.shift()?.()
    // Behind all that the promises of this one do at once, which is most of its work: a tick waits for them to be through.
    if (waiting.length > 0) queueMicrotask(() => process.nextTick(goOn))
  }

  function goOn(): void {
    if (performance.now() < until) beginNext()
    else setImmediate(beginTurn)
  }

  const isOpen = (): boolean => waiting.length === 0 && turns.spentMs() < maxTurnMs

  return {
    get isOpen() {
      return isOpen()
    },

    enter(work) {
      if (isOpen()) {
        work()
        return true
      }
      if (waiting.length >= maxWaiting) return false
      if (waiting.push(work) === 1) setImmediate(beginTurn)
      return true
    },
  }
}
