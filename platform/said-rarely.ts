export interface SaidRarelyOptions {
  /** Between two tellings of the same thing. */
  everyMs?: number
  /** Different things that are told apart; when there are more, all are forgotten and begin anew. */
  maxThings?: number
  /** In milliseconds, never going back. */
  now?: () => number
}

/**
 * For what may happen thousands of times a second, such as a call of a subgraph that is down: whether it is to be told
 * this time, and how often it happened untold since the last; null when it is not.
 */
export type SaidRarely = (thing: string) => { untold: number } | null

export function createSaidRarely({
  everyMs = 1_000,
  maxThings = 200,
  now = () => performance.now(),
}: SaidRarelyOptions = {}): SaidRarely {
  const things = new Map<string, { toldAt: number; untold: number }>()
  return (thing) => {
    const at = now()
    const known = things.get(thing)
    if (known && at - known.toldAt < everyMs) {
      known.untold++
      return null
    }
    if (!known && things.size >= maxThings) things.clear()
    things.set(thing, { toldAt: at, untold: 0 })
    return { untold: known?.untold ?? 0 }
  }
}
