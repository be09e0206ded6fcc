import DataLoader from 'dataloader'
import { homeProfile, type IdentityKey, type ProfileId } from '../core/identity/identity-key.ts'
import type { IdentityStore } from '../storage/ports.ts'

export type ProfileIdLoader = DataLoader<IdentityKey, ProfileId>

/** The profile that a key belongs to: the one its row names, else the one derived from it, which nobody may be. */
export function createProfileIdLoader(
  store: Pick<IdentityStore, 'rows'>,
  maxBatchSize: number,
): ProfileIdLoader {
  return new DataLoader(
    async (keys) => {
      const rows = await store.rows(keys)
      return keys.map((key) => rows.get(key)?.profileId ?? homeProfile(key))
    },
    { maxBatchSize },
  )
}
