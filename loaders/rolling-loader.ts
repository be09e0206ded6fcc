import DataLoader from 'dataloader'
import type { TrailId } from '../core/events/event.ts'
import type { ProfileDocument, RollingView } from '../core/profile/profile.ts'
import { combineTrails } from '../core/profile/combine-trails.ts'
import { STATE_LIMITS } from '../core/profile/limits.ts'
import { rollingOfTrails } from '../core/profile/rolling-edges.ts'
import type { TrailLog } from '../core/profile/trail-log.ts'
import type { Storage, TrailDocument } from '../storage/ports.ts'

/** The rolling figures of a profile at this instant. */
export type RollingLoader = (profile: ProfileDocument, now: number) => Promise<RollingView['windows']>

/**
 * The profile's own figures while they hold. Once their next change has come and the sweep has not, they are worked out
 * from the trails that the profile was made of, so an answer is right even when a sweep is late.
 */
export function createRollingLoader(
  storage: Pick<Storage, 'trails'>,
  { maxBatchSize, trailLog: log }: { maxBatchSize: number; trailLog: TrailLog },
): RollingLoader {
  const trails = new DataLoader<TrailId, TrailDocument | null>(
    async (ids) => {
      const found = await storage.trails.get(ids)
      return ids.map((id) => found.get(id) ?? null)
    },
    { maxBatchSize },
  )
  return async (profile, now) => {
    if (profile.nextChangeAt === null || now < profile.nextChangeAt) return profile.rolling
    const found = await Promise.all(Object.keys(profile.basis.trails).map((id) => trails.load(id)))
    const parts = found.flatMap((trail) => trail ?? [])
    const state = await combineTrails(parts, log, STATE_LIMITS)
    return (await rollingOfTrails(state, parts, now, log)).windows
  }
}
