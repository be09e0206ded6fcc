import type { ProfileId } from '../core/identity/identity-key.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import type { ProfileStore } from '../storage/ports.ts'
import type { Materialise } from './materialise.ts'

export interface SweepOptions {
  profiles: ProfileStore
  materialise: Materialise
  clock: Clock
  log: Log
}

export interface Sweep {
  /** Writes up to `limit` profiles anew whose time has come; returns how many. Doing it again does no harm. */
  sweep(limit: number): Promise<number>
}

const FIRST_RETRY_MS = 1_000
const MAX_RETRY_MS = 3_600_000
/** Of profiles that failed and wait for another try; beyond it the one that failed first is tried at once. */
const MAX_FAILING = 1_000

/** Makes what time changes true when its instant comes, without any event. A profile that fails waits longer each time and holds up nobody. */
export function createSweep({ profiles, materialise, clock, log }: SweepOptions): Sweep {
  const failing = new Map<ProfileId, { failures: number; retryAt: number }>()

  return {
    async sweep(limit) {
      const now = clock()
      const found = await profiles.findDue(now, limit + failing.size)
      const due = found.filter((id) => (failing.get(id)?.retryAt ?? 0) <= now).slice(0, limit)
      if (due.length === 0) return 0
      try {
        await materialise(due)
        for (const id of due) failing.delete(id)
      } catch {
        for (const id of due) await sweepOne(id, now)
      }
      return due.length
    },
  }

  async function sweepOne(id: ProfileId, now: number): Promise<void> {
    try {
      await materialise([id])
      failing.delete(id)
    } catch (error) {
      const failures = (failing.get(id)?.failures ?? 0) + 1
      const retryAt = now + Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(failures - 1, 20))
      failing.delete(id)
      failing.set(id, { failures, retryAt })
      for (const oldest of failing.keys()) {
        if (failing.size <= MAX_FAILING) break
        failing.delete(oldest)
      }
      log.error({ err: error, profile: id, failures, retryAt }, 'the sweep could not write a profile')
    }
  }
}
