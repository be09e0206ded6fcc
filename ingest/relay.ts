import type { OutboxEntry } from '../core/profile/profile.ts'
import type { ProductStore, ProfileStore } from '../storage/ports.ts'
import type { Change, ChangeFeed } from '../stream/ports.ts'

export interface RelayOptions {
  profiles: ProfileStore
  products: ProductStore
  feed: ChangeFeed
}

export interface Relay {
  /** Carries up to `limit` outboxes of each kind to the feed, at least once; returns how many entries it carried. */
  relay(limit: number): Promise<number>
}

export function createRelay({ profiles, products, feed }: RelayOptions): Relay {
  return {
    async relay(limit) {
      return (await relayProfiles(limit)) + (await relayProducts(limit))
    },
  }

  async function relayProfiles(limit: number): Promise<number> {
    const found = await profiles.findOutbox(limit)
    const changes = found.flatMap(({ id, mergedInto, outbox }) =>
      outbox.map((entry, i): Change => {
        const newest = i === outbox.length - 1
        return { ...change('Profile', id, entry), ...(newest && mergedInto !== null ? { mergedInto } : {}) }
      }),
    )
    if (changes.length === 0) return 0
    await feed.append(changes)
    await profiles.trimOutbox(found.map(({ id, outbox }) => ({ id, version: lastVersion(outbox) })))
    return changes.length
  }

  async function relayProducts(limit: number): Promise<number> {
    const found = await products.findOutbox(limit)
    const changes = found.flatMap(({ id, outbox }) => outbox.map((entry) => change('Product', id, entry)))
    if (changes.length === 0) return 0
    await feed.append(changes)
    await products.trimOutbox(found.map(({ id, outbox }) => ({ id, version: lastVersion(outbox) })))
    return changes.length
  }
}

function change(entity: Change['entity'], id: string, { from, version, changed, at }: OutboxEntry): Change {
  return { entity, id, from, version, changed, at }
}

function lastVersion(outbox: readonly OutboxEntry[]): number {
  return outbox.at(-1)?.version ?? 0
}
