import { MonogramError } from '../../core/errors.ts'

/** How long an answer may take, as far as the caller may say so. */
export interface DeadlineBounds {
  /** For a request that names none. */
  defaultMs: number
  /** A shorter one is taken for this, since nothing can be answered in no time. */
  minMs: number
  /** A longer one is taken for this. */
  maxMs: number
}

/**
 * The budget that a request names, brought within the bounds; the default when it names none. BAD_USER_INPUT for what
 * is not a number of milliseconds.
 *
 * @param name how the caller knows it: `deadlineMs`, `x-deadline-ms`
 */
export function deadlineBudget(given: unknown, name: string, bounds: DeadlineBounds): number {
  if (given === undefined || given === null) return bounds.defaultMs
  const ms = typeof given === 'string' && given.trim() !== '' ? Number(given) : given
  if (typeof ms !== 'number' || !Number.isFinite(ms) || ms < 0) {
    throw new MonogramError(
      'BAD_USER_INPUT',
      `${name}: expected a number of milliseconds, got ${(JSON.stringify(given) ?? '').slice(0, 80)}`,
    )
  }
  return Math.min(Math.max(ms, bounds.minMs), bounds.maxMs)
}
