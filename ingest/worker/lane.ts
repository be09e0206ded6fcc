import type { Clock } from '../../platform/clock.ts'
import type { Sleep } from '../../platform/sleep.ts'

export interface LaneStep {
  /** Whether it did something, so that the next step begins at once. */
  worked: boolean
  /** Whether the next step looks on: of what was looked for there may be more. */
  looksOn: boolean
  /** While something waits that cannot be done now: for how long it is left alone; null when nothing does. */
  waitMs: number | null
}

export interface LaneOptions {
  /** `looks`: not only what was handed over is to be done, but what lies in the store as well. */
  step: (looks: boolean) => Promise<LaneStep>
  /** Hears of each failure in a row, from the first, 1. The step is tried again after a while. */
  onFailure: (error: unknown, failures: number) => void
  /** The longest wait after failures. */
  maxBackoffMs: number
  clock: Clock
  sleep: Sleep
  /** So often it looks by itself, whether it is handed anything meanwhile or not. */
  pollMs: number
}

/** Does one kind of work, one step after the other: at once while there is some, else when it is woken. */
export interface Lane extends AsyncDisposable {
  /** Says that something was handed over. Returns at once. */
  readonly wake: () => void
  /** Says that something may be found by looking. Returns at once. */
  readonly look: () => void
  /** Resolves when a step that began after the call has looked, and nothing was there nor waits. */
  idle(): Promise<void>
}

export function createLane({ step, onFailure, maxBackoffMs, clock, sleep, pollMs }: LaneOptions): Lane {
  const stopping = new AbortController()
  let sleeping = new AbortController()
  let isWoken = false
  let looks = true
  let lookedAt = clock()
  let waiting: { resolve: () => void; hasBegun: boolean }[] = []
  const running = run()

  return {
    wake,
    look() {
      looks = true
      wake()
    },
    idle() {
      if (stopping.signal.aborted) return Promise.resolve()
      return new Promise((resolve) => {
        waiting.push({ resolve, hasBegun: false })
        wake()
      })
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      sleeping.abort()
      await running
      for (const { resolve } of waiting.splice(0)) resolve()
    },
  }

  function wake(): void {
    isWoken = true
    sleeping.abort()
  }

  async function run(): Promise<void> {
    // Lanes that wake each other are all there by then.
    await Promise.resolve()
    let failures = 0
    while (!stopping.signal.aborted) {
      isWoken = false
      const isLook = takeLook()
      try {
        const { worked, looksOn, waitMs } = await step(isLook)
        failures = 0
        looks ||= looksOn
        if (worked) await sleep(0)
        else if (waitMs !== null) await rest(Math.min(waitMs, pollMs))
        else if (!isLook || !settle()) await rest(pollMs)
      } catch (error) {
        failures++
        looks = true
        onFailure(error, failures)
        await rest(Math.min(maxBackoffMs, 50 * 2 ** Math.min(failures, 10)), { isWakeable: false })
      }
    }
  }

  function takeLook(): boolean {
    const isLook = looks || waiting.length > 0 || clock() - lookedAt >= pollMs
    for (const waiter of waiting) waiter.hasBegun = true
    if (isLook) lookedAt = clock()
    looks = false
    return isLook
  }

  /** After a step that has looked and found nothing: whether somebody waits for another one. */
  function settle(): boolean {
    const done = waiting.filter(({ hasBegun }) => hasBegun)
    waiting = waiting.filter(({ hasBegun }) => !hasBegun)
    for (const { resolve } of done) resolve()
    return waiting.length > 0
  }

  async function rest(ms: number, { isWakeable = true } = {}): Promise<void> {
    if (stopping.signal.aborted || (isWakeable && isWoken)) return
    sleeping = new AbortController()
    await sleep(ms, isWakeable ? sleeping.signal : stopping.signal)
    if (!isWoken) looks = true
  }
}
