import { MonogramError } from '../core/errors.ts'
import type { Clock } from '../platform/clock.ts'
import { inBackground } from '../platform/in-background.ts'
import type { Log } from '../platform/log.ts'
import type { Sleep } from '../platform/sleep.ts'
import type { Retain } from './retain.ts'

export interface RetainScheduleOptions {
  retain: Retain
  /** Events that happened longer ago are deleted. */
  retainMs: number
  clock: Clock
  sleep: Sleep
  log: Log
}

/** A command that opens the store for a moment deletes nothing. */
const FIRST_AFTER_MS = 60_000
const EVERY_MS = 3_600_000

/** Deletes what is older than is to be kept, a minute after the start and then every hour. Disposing ends it after the trails under way. */
export function createRetainSchedule(options: RetainScheduleOptions): AsyncDisposable {
  const { retain, retainMs, clock, sleep, log } = options
  return inBackground(async (stop) => {
    await sleep(FIRST_AFTER_MS, stop)
    while (!stop.aborted) {
      try {
        const { deleted } = await retain(clock() - retainMs, {
          onProgress: () => undefined,
          signal: stop,
        })
        if (deleted > 0) log.info({ deleted }, 'events older than MONOGRAM_RETAIN_DAYS were deleted')
      } catch (error) {
        const stopped = error instanceof MonogramError && error.code === 'RETAIN_INTERRUPTED'
        if (!stopped)
          log.error({ err: error }, 'old events could not be deleted; it is tried again in an hour')
      }
      if (!stop.aborted) await sleep(EVERY_MS, stop)
    }
  })
}
