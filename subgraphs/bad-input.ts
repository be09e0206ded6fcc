import { MonogramError } from '../core/errors.ts'

/** @param message the argument, what was expected, what was given */
export function badInput(message: string): MonogramError {
  return new MonogramError('BAD_USER_INPUT', message)
}

/**
 * An integer argument within its bounds, or its default when it is absent or null.
 * @throws MonogramError BAD_USER_INPUT
 */
export function boundedInt(
  argument: string,
  value: number | null | undefined,
  bounds: { fallback: number; min: number; max: number },
): number {
  if (value === null || value === undefined) return bounds.fallback
  if (value >= bounds.min && value <= bounds.max) return value
  throw badInput(`${argument}: expected ${bounds.min} to ${bounds.max}, got ${value}`)
}

/**
 * A list argument that is not too long.
 * @throws MonogramError BAD_USER_INPUT
 */
export function boundedList<T>(argument: string, values: readonly T[], max: number): readonly T[] {
  if (values.length <= max) return values
  throw badInput(
    `${argument}: expected at most ${max}, got ${values.length}; ask for the rest in another request`,
  )
}
