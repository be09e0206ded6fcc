import { performance } from 'node:perf_hooks'

/** When the requests of this turn of the event loop came, as far as this process can know. */
export interface TurnClock {
  /** To be told of each connection when it is accepted, so that the wait for that counts for its first request. */
  onConnection(connection: object): void
  /**
   * The earliest time at which a request that is seen now may have come: what the loop meets in one turn was all there when
   * the turn began, and may have come while the one before still worked. On the clock of performance.now().
   */
  arrivedAt(connection: object): number
  /** To be told of what else the loop was woken for, so that it knows of turns without requests. */
  see(): void
  /** Whatever came before this time has been looked at; what came since may still wait for its turn. */
  readUpTo(): number
  /** How long this turn has been handling requests. */
  spentMs(): number
}

/** What the clock reads of the event loop. */
export interface EventLoop {
  now(): number
  turnNumber(): number
  /** How long the loop has waited for something to do, in all. */
  idleMs(): number
  atEndOfTurn(callback: () => void): void
}

const NODE: EventLoop = {
  now: () => performance.now(),
  turnNumber: () => performance.nodeTiming.uvMetricsInfo.loopCount,
  idleMs: () => performance.nodeTiming.idleTime,
  atEndOfTurn: setImmediate,
}

/**
 * Without it the time of a request would count from when its turn came: of a thousand that are there at once, the last
 * waits for all others before anybody looks at it. And of new connections libuv accepts one a turn (since 1.45).
 */
export function createTurnClock(loop: EventLoop = NODE): TurnClock {
  /** Null between turns that were asked about. */
  let startedAt: number | null = null
  let arrivedAt = 0
  let last: Turn = { number: -1, startedAt: 0, idleMs: 0 }
  /** Since when a connection was accepted in each turn, one after the other. */
  let burst: { since: number; turn: Turn } = { since: 0, turn: last }
  const accepted = new WeakMap<object, { since: number; idleMs: number }>()

  function begin(): number {
    const number = loop.turnNumber()
    // Behind the end of the turn, where work goes on that was put off: nothing has been read since.
    if (number === last.number) return last.startedAt
    startedAt = loop.now()
    const turn: Turn = { number, startedAt, idleMs: loop.idleMs() }
    arrivedAt = isNext(turn, last) ? last.startedAt : startedAt
    last = turn
    loop.atEndOfTurn(() => {
      startedAt = null
    })
    return arrivedAt
  }

  return {
    onConnection(connection) {
      if (startedAt === null) begin()
      const isOfBurst = last === burst.turn || isNext(last, burst.turn)
      burst = { since: isOfBurst ? burst.since : last.startedAt, turn: last }
      accepted.set(connection, { since: burst.since, idleMs: last.idleMs })
    },

    arrivedAt(connection) {
      const ofTurn = startedAt === null ? begin() : arrivedAt
      const first = accepted.get(connection)
      if (!first) return ofTurn
      accepted.delete(connection)
      // Had the request been there when the loop last waited, it would not have waited.
      return last.idleMs - first.idleMs < REST_MS ? Math.min(first.since, ofTurn) : ofTurn
    },

    see() {
      if (startedAt === null) begin()
    },

    readUpTo: () => (startedAt === null ? begin() : arrivedAt),

    spentMs: () => (startedAt === null ? 0 : loop.now() - startedAt),
  }
}

interface Turn {
  number: number
  startedAt: number
  idleMs: number
}

/** One followed the other, and the loop did not wait between them. */
function isNext(turn: Turn, before: Turn): boolean {
  return turn.number === before.number + 1 && turn.idleMs - before.idleMs < REST_MS
}

/** Less waiting than this is the cost of asking for events. */
const REST_MS = 0.5
