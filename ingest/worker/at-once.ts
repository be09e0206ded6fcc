import { allEnded } from '../../platform/all-ended.ts'

/**
 * Does the work on parts of at most `size` items, all of them at once: while the store writes one, another is computed, and
 * what they write is committed together. Waits for all, also when one fails.
 */
export async function atOnce<Item, Result>(
  items: readonly Item[],
  size: number,
  work: (part: readonly Item[]) => Promise<Result>,
): Promise<Result[]> {
  const parts: (readonly Item[])[] = []
  for (let from = 0; from < items.length; from += size) parts.push(items.slice(from, from + size))
  return allEnded(parts.map(work))
}
