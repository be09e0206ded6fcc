import { pairId } from '../../core/identity/identity-key.ts'
import type { PairRow } from '../../core/identity/identity-log.ts'
import type { EventStore, IdentityStore } from '../../storage/ports.ts'

/** Records the pairs of up to `limit` events that name some; returns how many events it saw. */
export async function recordLinks(
  events: EventStore,
  identities: IdentityStore,
  limit: number,
): Promise<number> {
  const unlinked = await events.findUnlinked(limit)
  if (unlinked.length === 0) return 0
  const pairs = new Map<string, PairRow>()
  for (const { key, pairs: named, receivedAt } of unlinked) {
    for (const pair of named) {
      const id = pairId(pair)
      if (!pairs.has(id)) pairs.set(id, { id, pair, event: key, at: receivedAt })
    }
  }
  await identities.recordPairs([...pairs.values()])
  await events.clearLinks(unlinked.map(({ key }) => key))
  return unlinked.length
}
