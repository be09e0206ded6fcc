import DataLoader from 'dataloader'
import type { TrailId } from '../core/events/event.ts'
import type { ProfileDocument, RollingView } from '../core/profile/profile.ts'
import { rollingView } from '../core/profile/rolling.ts'
import { combineStates } from '../core/profile/state.ts'
import type { TrailDocument, TrailStore } from '../storage/ports.ts'

/** The rolling figures of a profile at this instant. */
export type RollingLoader = (profile: ProfileDocument, now: number) => Promise<RollingView['windows']>

/**
 * The profile's own figures while they hold. Once their next change has come and the sweep has not, they are worked out
 * from the trails that the profile was made of, so an answer is right even when a sweep is late.
 */
export function createRollingLoader(store: Pick<TrailStore, 'get'>, maxBatchSize: number): RollingLoader {
  const trails = new DataLoader<TrailId, TrailDocument | null>(
    async (ids) => {
      const found = await store.get(ids)
      return ids.map((id) => found.get(id) ?? null)
    },
    { maxBatchSize },
  )
  return async (profile, now) => {
    if (profile.nextChangeAt === null || now < profile.nextChangeAt) return profile.rolling
    const found = await Promise.all(Object.keys(profile.basis.trails).map((id) => trails.load(id)))
    const states = found.flatMap((trail) => (trail ? [trail.state] : []))
    return rollingView(combineStates(states), now).windows
  }
}
