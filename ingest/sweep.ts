import type { Clock } from '../platform/clock.ts'
import type { ProfileStore } from '../storage/ports.ts'
import type { MaterialiseEach } from './materialise-each.ts'

export interface SweepOptions {
  profiles: ProfileStore
  materialiseEach: MaterialiseEach
  clock: Clock
}

export interface Sweep {
  /** Writes up to `limit` profiles anew whose time has come; returns how many. Doing it again does no harm. */
  sweep(limit: number): Promise<number>
}

/** Makes what time changes true when its instant comes, without any event. */
export function createSweep({ profiles, materialiseEach, clock }: SweepOptions): Sweep {
  return {
    async sweep(limit) {
      // Those that failed and wait are still due: they must not take the places of others.
      const due = await profiles.findDue(clock(), limit + materialiseEach.waiting())
      return materialiseEach(due.filter(materialiseEach.mayTry).slice(0, limit))
    },
  }
}
