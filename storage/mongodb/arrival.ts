import { randomBytes } from 'node:crypto'
import type { Clock } from '../../platform/clock.ts'

/**
 * Gives each event its place in the order of arrival: the millisecond, a count within it, and the process, as text that
 * sorts. It rises within one process. Between processes it is as good as their clocks, and a write that takes long
 * comes up behind later ones: whoever follows the log by it looks back a while.
 */
export function createArrivals(clock: Clock): () => string {
  const process = randomBytes(5).toString('hex')
  let last = 0
  let count = 0
  return () => {
    const now = Math.max(clock(), last)
    count = now === last ? count + 1 : 0
    last = now
    return `${sortable(now, 10)}${sortable(count, 5)}${process}`
  }
}

/**
 * How long after it got its place an event may still come to the log: a write and its repetition wait for a server, a
 * connection and an answer (24 s each at most, see connection.ts), and the clocks of two processes may differ by the rest.
 */
export const MAX_LATE_MS = 60_000

/** Before every place of that millisecond and after all of those before. */
export function arrivalAt(ms: number): string {
  return sortable(Math.max(0, ms), 10)
}

function sortable(value: number, digits: number): string {
  return value.toString(36).padStart(digits, '0')
}
