import DataLoader from 'dataloader'
import { homeProfile, type ProfileId } from '../core/identity/identity-key.ts'
import type { ProfileDocument } from '../core/profile/profile.ts'
import type { Storage } from '../storage/ports.ts'

/** When the oldest acknowledged event arrived that the profile does not show yet; null when it shows all. */
export type WaitingSinceLoader = DataLoader<ProfileDocument, number | null, ProfileId>

/** An event waits while its row is pending, and then while its trail is dirty. Two reads for all profiles, usually. */
export function createWaitingSinceLoader(
  { events, trails }: Pick<Storage, 'events' | 'trails'>,
  maxBatchSize: number,
): WaitingSinceLoader {
  return new DataLoader(
    async (profiles) => {
      const identities = profiles.map(({ view }) => view.identities)
      // In the order in which an event moves on, so that none is missed while it does.
      const pending = await events.oldestPending(identities)
      const dirty = await dirtySince([...new Set(identities.flat().map(homeProfile))])
      return profiles.map((_, i) =>
        earliest([
          pending[i] ?? null,
          ...(identities[i] ?? []).map((key) => dirty.get(homeProfile(key)) ?? null),
        ]),
      )
    },
    { maxBatchSize, cacheKeyFn: ({ id }) => id },
  )

  async function dirtySince(homes: readonly ProfileId[]): Promise<Map<ProfileId, number>> {
    const since = new Map<ProfileId, number>()
    const dirty = await trails.dirtyEvents(homes)
    if (dirty.length === 0) return since
    const found = await events.get(dirty.flatMap(({ keys }) => keys))
    const arrivals = new Map(found.map(({ key, receivedAt }) => [key, receivedAt]))
    for (const { home, keys } of dirty) {
      const oldest = earliest([since.get(home) ?? null, ...keys.map((key) => arrivals.get(key) ?? null)])
      if (oldest !== null) since.set(home, oldest)
    }
    return since
  }
}

function earliest(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null)
  return known.length === 0 ? null : Math.min(...known)
}
