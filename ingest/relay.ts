import type { OutboxEntry } from '../core/profile/profile.ts'
import type { Clock } from '../platform/clock.ts'
import type { ProductStore, ProfileStore } from '../storage/ports.ts'
import type { Change, ChangeFeed } from '../stream/ports.ts'
import { Carried, type CarriedItem } from './carried.ts'

export interface RelayOptions {
  profiles: Pick<ProfileStore, 'findOutbox' | 'trimOutbox'>
  products: Pick<ProductStore, 'findOutbox' | 'trimOutbox'>
  feed: ChangeFeed
  clock: Clock
}

export interface Relay {
  /**
   * Carries up to `limit` outboxes of each kind to the feed, at least once, and trims those that a second look found
   * there (`ChangeFeed.stillHeld`); returns how many entries it carried. Any number of relays may run at once: the feed
   * tells nothing twice, and a trim takes no more than what was told.
   */
  relay(limit: number): Promise<number>
}

/** Outboxes that wait for their second look: beyond it nothing more is carried, until these are trimmed. */
const MAX_CARRIED = 20_000

export function createRelay({ profiles, products, feed, clock }: RelayOptions): Relay {
  const relayProfiles = createRelayOf('Profile', profiles)
  const relayProducts = createRelayOf('Product', products)
  return {
    async relay(limit) {
      return (await relayProfiles(limit)) + (await relayProducts(limit))
    },
  }

  function createRelayOf(entity: Change['entity'], store: OutboxStore): (limit: number) => Promise<number> {
    const carried = new Carried()
    let after: string | null = null

    return async (limit) => {
      await lookAgain()
      const found = await findNew(limit)
      const changes = found.flatMap(({ changes }) => changes)
      if (changes.length === 0) return 0
      const appended = await feed.append(changes)
      let i = -1
      const items = found.flatMap(({ id, version, changes: { length } }): CarriedItem[] => {
        const answers = appended.slice(i + 1, (i += length) + 1)
        const last = answers.at(-1)
        return last && answers.every((answer) => answer !== null) ? [{ id, version, appended: last }] : []
      })
      if (feed.secondLookMs === 0) await store.trimOutbox(items)
      else carried.add(clock(), items)
      return changes.length
    }

    /** A feed in another epoch has lost what was carried: it stays in its outbox and is carried again. */
    async function lookAgain(): Promise<void> {
      const until = clock() - feed.secondLookMs
      for (let due = carried.due(until); due.length > 0; due = carried.due(until)) {
        const held = await feed.stillHeld(due.map(({ appended }) => appended))
        await store.trimOutbox(due.filter((_, i) => held[i] === true))
        carried.done()
      }
    }

    /** Goes round all outboxes and leaves out what is carried already, so that none that waits is in another's way. */
    async function findNew(limit: number): Promise<Found[]> {
      const list: Found[] = []
      while (list.length < limit && carried.size + list.length < MAX_CARRIED) {
        const page: Outbox[] = await store.findOutbox(after, limit)
        for (const outbox of page) {
          const changes = changesOf(entity, outbox).filter(
            ({ version }) => version > carried.versionOf(outbox.id),
          )
          const version = changes.at(-1)?.version
          if (version !== undefined) list.push({ id: outbox.id, version, changes })
        }
        after = page.length < limit || feed.secondLookMs === 0 ? null : (page.at(-1)?.id ?? null)
        if (after === null) break
      }
      return list
    }
  }
}

interface Outbox {
  id: string
  mergedInto?: string | null
  outbox: OutboxEntry[]
}

interface OutboxStore {
  findOutbox(after: string | null, limit: number): Promise<Outbox[]>
  trimOutbox(trims: readonly { id: string; version: number }[]): Promise<void>
}

interface Found {
  id: string
  version: number
  changes: Change[]
}

function changesOf(entity: Change['entity'], { id, mergedInto = null, outbox }: Outbox): Change[] {
  return outbox.map(({ from, version, changed, at }, i) => {
    const isNewest = i === outbox.length - 1
    const change = { entity, id, from, version, changed, at }
    return isNewest && mergedInto !== null ? { ...change, mergedInto } : change
  })
}
