/** Waits for an answer no longer than it may take; null when it does not come in time, or is not even asked for. */
export type Sluice = <T>(ask: () => Promise<T>, timeoutMs: number) => Promise<T | null>

/** Calls under way; beyond it nothing more is asked. */
const MAX_CALLS = 500
/** So many answers in a row come late before it pauses: then nobody waits for what will not come. */
const MAX_LATE = 3
const PAUSE_MS = 250

/** Keeps a slow server from making everybody slow: each call costs at most its time, and few calls cost that. */
export function createSluice(now: () => number = () => performance.now()): Sluice {
  let calls = 0
  let late = 0
  let pausedUntil = -Infinity

  return async (ask, timeoutMs) => {
    if (calls >= MAX_CALLS || now() < pausedUntil) return null
    calls++
    let timer: NodeJS.Timeout | undefined
    const answer = ask().finally(() => calls--)
    const inTime = new Promise<'late'>((resolve) => (timer = setTimeout(resolve, timeoutMs, 'late')))
    const first = await Promise.race([answer, inTime]).finally(() => clearTimeout(timer))
    if (first !== 'late') {
      late = 0
      return first
    }
    answer.catch(() => undefined)
    if (++late >= MAX_LATE) pausedUntil = now() + PAUSE_MS
    return null
  }
}
