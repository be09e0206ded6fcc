import DataLoader from 'dataloader'
import type { ProfileId } from '../core/identity/identity-key.ts'
import type { ProfileDocument } from '../core/profile/profile.ts'
import type { ProfileStore } from '../storage/ports.ts'
import { readProfiles } from './read-profiles.ts'
import { isStorableId } from './storable.ts'

export type ProfileLoader = DataLoader<ProfileId, ProfileDocument | null>

/** Profiles by id; the one it was merged into for a tombstone; null for nobody. */
export function createProfileLoader(store: Pick<ProfileStore, 'get'>, maxBatchSize: number): ProfileLoader {
  return new DataLoader(
    async (ids) => {
      const found = await readProfiles(store, ids.filter(isStorableId))
      return ids.map((id) => found.get(id) ?? null)
    },
    { maxBatchSize },
  )
}
