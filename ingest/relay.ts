import type { OutboxEntry } from '../core/profile/profile.ts'
import { allEnded } from '../platform/all-ended.ts'
import type { Clock } from '../platform/clock.ts'
import type { ProductStore, ProfileStore } from '../storage/ports.ts'
import type { Change, ChangeFeed } from '../stream/ports.ts'
import { Carried, type CarriedItem } from './carried.ts'
import { HandedOn } from './worker/handed-on.ts'

export interface RelayOptions {
  profiles: Pick<ProfileStore, 'findOutbox' | 'trimOutbox'>
  products: Pick<ProductStore, 'findOutbox' | 'trimOutbox'>
  feed: ChangeFeed
  clock: Clock
}

/** A document's outbox as it was written or found. */
export interface Outbox {
  id: string
  mergedInto?: string | null
  outbox: OutboxEntry[]
}

/**
 * Carries outboxes to the feed, at least once, and trims those that a second look found there (`ChangeFeed.stillHeld`). Any
 * number of relays may run at once: the feed tells nothing twice, and a trim takes no more than what was told. Not to be
 * called while a call is under way.
 */
export interface Relay {
  /** Outboxes that this process has just written. What cannot be carried stays there, and is in the store. */
  readonly written: Readonly<Record<Change['entity'], HandedOn<Outbox>>>
  /** Carries up to `limit` of `written` of each kind; returns how many entries it carried. */
  carryWritten(limit: number): Promise<number>
  /**
   * Carries up to `limit` outboxes of each kind that it finds in the store; returns how many entries it carried. Those that
   * whoever wrote them seems to be carrying are left to him, unless `isAll` is set.
   */
  carryFound(limit: number, options?: { isAll?: boolean }): Promise<number>
}

/** Outboxes that wait for their second look: beyond it nothing more is carried, until these are trimmed. */
const MAX_CARRIED = 20_000
/** Of the store's outboxes that one call goes through; the next one goes on from there. */
const MAX_PAGES = 8
/** Within so long an outbox is carried by whoever wrote it. */
const CARRY_MS = 1_000
/** Outboxes that wait to be carried: those beyond it are looked for in the store. */
const MAX_WRITTEN = 20_000

export function createRelay({ profiles, products, feed, clock }: RelayOptions): Relay {
  const relays = { Profile: createRelayOf('Profile', profiles), Product: createRelayOf('Product', products) }
  return {
    written: { Profile: relays.Profile.written, Product: relays.Product.written },
    carryWritten: (limit) => each((relay) => relay.carryWritten(limit)),
    carryFound: (limit, options) => each((relay) => relay.carryFound(limit, options)),
  }

  /** Neither holds up the other. */
  async function each(carry: (relay: RelayOf) => Promise<number>): Promise<number> {
    const [profiles, products] = await allEnded([carry(relays.Profile), carry(relays.Product)])
    return profiles + products
  }

  function createRelayOf(entity: Change['entity'], store: OutboxStore): RelayOf {
    const written = new HandedOn<Outbox>(MAX_WRITTEN)
    const carried = new Carried()
    /** What a second look did not find: at once to be carried again. */
    const lost = new Set<string>()
    let after: string | null = null

    return {
      written,
      async carryWritten(limit) {
        await lookAgain()
        const taken = written.take(Math.min(limit, Math.max(0, MAX_CARRIED - carried.size)))
        if (taken.length === 0) return 0
        const found = taken.flatMap(([, outbox]) => newIn(outbox))
        const isLeft = new Set(found.map(({ id }) => id))
        try {
          const carriedNow = await carry(found)
          for (const { id } of carriedNow) isLeft.delete(id)
          return entriesOf(carriedNow)
        } finally {
          written.putBack(taken.filter(([id]) => isLeft.has(id)))
        }
      },
      async carryFound(limit, { isAll = false } = {}) {
        await lookAgain()
        return entriesOf(await carry(await findNew(limit, isAll)))
      },
    }

    /** Those that are in the feed now: a part of it may be away. */
    async function carry(found: readonly Found[]): Promise<Found[]> {
      const changes = found.flatMap(({ changes }) => changes)
      if (changes.length === 0) return []
      const appended = await feed.append(changes)
      let i = -1
      const items: CarriedItem[] = []
      const told = found.filter(({ id, version, changes: { length } }) => {
        const answers = appended.slice(i + 1, (i += length) + 1)
        const last = answers.at(-1)
        if (!last || answers.includes(null)) return false
        items.push({ id, version, appended: last })
        return true
      })
      for (const { id } of items) lost.delete(id)
      if (feed.secondLookMs === 0) await store.trimOutbox(items)
      else carried.add(clock(), items)
      return told
    }

    /** Whoever wrote it is carrying it, and looks again before it is trimmed: then it is not older than that. */
    function isUnderWay({ id, outbox }: Outbox): boolean {
      const age = clock() - (outbox[0]?.at ?? 0)
      return feed.secondLookMs > 0 && !lost.has(id) && age >= 0 && age < feed.secondLookMs + CARRY_MS
    }

    /** What of an outbox is not carried already; at most one. */
    function newIn(outbox: Outbox): Found[] {
      const changes = changesOf(entity, outbox).filter(
        ({ version }) => version > carried.versionOf(outbox.id),
      )
      const version = changes.at(-1)?.version
      return version === undefined ? [] : [{ id: outbox.id, version, changes }]
    }

    /** A feed in another epoch has lost what was carried: it stays in its outbox and is carried again. */
    async function lookAgain(): Promise<void> {
      const until = clock() - feed.secondLookMs
      for (let due = carried.due(until); due.length > 0; due = carried.due(until)) {
        const held = await feed.stillHeld(due.map(({ appended }) => appended))
        await store.trimOutbox(due.filter((_, i) => held[i] === true))
        for (const [i, { id }] of due.entries()) if (held[i] !== true) lost.add(id)
        carried.done()
      }
    }

    /** Goes round all outboxes and leaves out what is carried already, so that none that waits is in another's way. */
    async function findNew(limit: number, isAll: boolean): Promise<Found[]> {
      const list: Found[] = []
      for (let pages = 0; pages < MAX_PAGES && list.length < limit; pages++) {
        if (carried.size + list.length >= MAX_CARRIED) break
        const page: Outbox[] = await store.findOutbox(after, limit)
        list.push(...page.filter(isLeft).flatMap(newIn))
        after = page.length < limit || feed.secondLookMs === 0 ? null : (page.at(-1)?.id ?? null)
        if (after !== null) continue
        // What was lost has been seen, whoever carried it again.
        lost.clear()
        break
      }
      return list

      function isLeft(outbox: Outbox): boolean {
        return !written.has(outbox.id) && (isAll || !isUnderWay(outbox))
      }
    }
  }
}

interface RelayOf extends Omit<Relay, 'written'> {
  written: HandedOn<Outbox>
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

function entriesOf(found: readonly Found[]): number {
  return found.reduce((sum, { changes }) => sum + changes.length, 0)
}
