/** Throws on anything else than a whole number from 1. */
export function atLeastOne(name: string, value: string): number {
  const number = Number(value)
  if (Number.isInteger(number) && number >= 1) return number
  throw new Error(`--${name}: expected a whole number from 1, got "${value}"`)
}

/** Of names, as a flag has them: with commas. */
export function list(value: string): string[] {
  return value.split(',').filter((item) => item !== '')
}

/** Whether a name begins with one of those that are wanted; all are where none is named. */
export function isWanted(name: string, wanted: readonly string[]): boolean {
  return wanted.length === 0 || wanted.some((each) => name.startsWith(each))
}
