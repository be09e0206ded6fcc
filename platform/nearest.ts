/** The candidate that a typo most likely meant; null when none is near. */
export function nearest(given: string, candidates: readonly string[]): string | null {
  let best: string | null = null
  let bestDistance = Math.min(4, Math.max(2, Math.floor(given.length / 3))) + 1
  for (const candidate of candidates) {
    const distance = editDistance(given.toLowerCase(), candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/** For the end of a message: `; did you mean X?`, or nothing. */
export function didYouMean(given: string, candidates: readonly string[]): string {
  const meant = nearest(given, candidates)
  return meant === null ? '' : `; did you mean ${meant}?`
}

/** Levenshtein's, on texts cut to a length at which it costs nothing. */
function editDistance(a: string, b: string): number {
  const from = a.slice(0, 60)
  const to = b.slice(0, 60)
  let row = Array.from({ length: to.length + 1 }, (_, i) => i)
  for (let i = 1; i <= from.length; i++) {
    const next = [i]
    for (let j = 1; j <= to.length; j++) {
      const substitute = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1)
      next.push(Math.min(substitute, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[to.length] ?? 0
}
