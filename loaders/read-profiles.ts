import type { ProfileId } from '../core/identity/identity-key.ts'
import type { ProfileDocument } from '../core/profile/profile.ts'
import type { ProfileStore } from '../storage/ports.ts'

/** A profile that was merged may have been merged on; further than this nobody is followed. */
const MAX_HOPS = 8

/**
 * The living profiles of these ids, by the id asked for: a tombstone leads to the profile it was merged into, which
 * then has another id. One read of the store, and one more for each hop that any of them takes.
 */
export async function readProfiles(
  store: Pick<ProfileStore, 'get'>,
  ids: readonly ProfileId[],
): Promise<Map<ProfileId, ProfileDocument>> {
  const found = new Map<ProfileId, ProfileDocument>()
  let open = ids.map((id) => ({ asked: id, id }))
  for (let hop = 0; open.length > 0 && hop <= MAX_HOPS; hop++) {
    const documents = await store.get([...new Set(open.map(({ id }) => id))])
    const merged: typeof open = []
    for (const { asked, id } of open) {
      const document = documents.get(id)
      if (!document) continue
      if (document.mergedInto !== null) merged.push({ asked, id: document.mergedInto })
      else if (isAlive(document)) found.set(asked, document)
    }
    open = merged
  }
  return found
}

/** Whether a profile is somebody: a tombstone has no identity left. */
export function isAlive(document: ProfileDocument): boolean {
  return document.mergedInto === null && document.view.identities.length > 0
}
