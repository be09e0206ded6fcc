import type { Storage } from '../storage/ports.ts'

export type SettledStores = Pick<Storage, 'events' | 'identities' | 'trails' | 'profiles'>

/**
 * Whether everything in the log is folded, linked, materialised and told. It is read in the order in which work moves on,
 * each after the one before: what has left one place is seen in the next.
 */
export async function isSettled({ events, identities, trails, profiles }: SettledStores): Promise<boolean> {
  return (
    (await events.backlog()).pending === 0 &&
    (await events.findUnlinked(1)).length === 0 &&
    (await identities.findPendingPairs(1)).length === 0 &&
    (await identities.findPendingUndos(1)).length === 0 &&
    (await identities.head())?.done !== false &&
    (await trails.findDirty(null, 1)).length === 0 &&
    (await profiles.stats()).outbox === 0
  )
}
