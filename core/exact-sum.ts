/**
 * A whole number of any size: a number while that is exact, else its decimal digits. Sums of these are exact, so they
 * are the same in whatever order they are added up, and what was added can be taken off again.
 */
export type ExactSum = number | string

export function addExact(a: ExactSum, b: ExactSum): ExactSum {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b
    if (Number.isSafeInteger(sum)) return sum + 0
  }
  return fromBigInt(BigInt(a) + BigInt(b))
}

export function negated(a: ExactSum): ExactSum {
  return typeof a === 'number' ? 0 - a : fromBigInt(-BigInt(a))
}

/** What a JSON number can carry; sums beyond it stand at the edge. */
export function clampExact(a: ExactSum): number {
  if (typeof a === 'number') return a
  return a.startsWith('-') ? Number.MIN_SAFE_INTEGER : Number.MAX_SAFE_INTEGER
}

function fromBigInt(value: bigint): ExactSum {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value.toString()
}
