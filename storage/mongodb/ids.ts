import { isText } from '../values.ts'

/**
 * Ids for a filter: strings and nothing else, so that no object of a caller is ever read as an operator. An id that no
 * document can have is left out: it is just not found, and the driver would turn half of a surrogate pair into another.
 */
export function storableIds(ids: readonly string[]): string[] {
  for (const id of ids) {
    if (typeof id !== 'string') throw new TypeError(`expected an id, got ${String(id)}`)
  }
  return [...new Set(ids)].filter(isText)
}

/** An id that comes before every other. */
export function idAfter(after: string | null): string {
  const [id = ''] = storableIds([after ?? ''])
  return id
}

/** What waits is counted up to here: an index of so many is gone through in a second. */
export const MAX_COUNTED = 1_000_000

/** The driver reads 0 as no limit at all. */
export function atMost(limit: number): number {
  if (!Number.isSafeInteger(limit) || limit < 1)
    throw new TypeError(`limit: expected 1 or more, got ${limit}`)
  return limit
}
