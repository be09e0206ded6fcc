/**
 * The first `limit` of the items in the order of `compare`, without sorting those that are left out: most of many
 * items are dismissed by one comparison.
 */
export function best<T>(items: Iterable<T>, limit: number, compare: (a: T, b: T) => number): T[] {
  const kept: T[] = []
  if (limit <= 0) return kept
  for (const item of items) {
    if (kept.length === limit && compare(item, kept[limit - 1] as T) >= 0) continue
    let low = 0
    let high = kept.length
    while (low < high) {
      const middle = (low + high) >> 1
      if (compare(item, kept[middle] as T) < 0) high = middle
      else low = middle + 1
    }
    kept.splice(low, 0, item)
    if (kept.length > limit) kept.pop()
  }
  return kept
}
