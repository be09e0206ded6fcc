import { setTimeout as delay } from 'node:timers/promises'
import { createRelay } from '../../ingest/relay.ts'
import { systemClock } from '../../platform/clock.ts'
import { aWrite } from '../../storage/contract/documents.ts'
import type { FeedMessage, Stream } from '../../stream/ports.ts'
import { createMemoryStores, openMemoryStorage } from './memory-storage.ts'

export interface FeedUnderLoad {
  /** Every version that was written, in the order of writing. */
  readonly written: readonly string[]
  /** What a subscriber was not told and heard of no gap for (I6); empty when all is well. */
  readonly violations: readonly string[]
  readonly gaps: () => number
  /** Ends writing; what was written goes on to be told. */
  stopWriting(): Promise<void>
  /** The profiles of which the subscriber or the cache has another version than the store; empty when all is well. */
  differing(): Promise<ProfileVersions[]>
  stop(): Promise<void>
}

interface ProfileVersions {
  id: string
  stored: number
  known: number
  cached: number
}

const IDS = Array.from({ length: 20 }, (_, i) => `person-${i}`)
const CLASS = 'all'

/**
 * Profiles that change all the time in one process, which tells of it through `writing`; and another process, which
 * follows them and reads them through the shared cache by `reading`.
 */
export function loadFeed(writing: Stream, reading: Stream): FeedUnderLoad {
  const { profiles, products } = openMemoryStorage({ stores: createMemoryStores() })
  const relays = [1, 2].map(() => createRelay({ profiles, products, feed: writing.feed, clock: systemClock }))
  const known = new Map<string, number>()
  const written: string[] = []
  const violations: string[] = []
  let gaps = 0
  const resting = new AbortController()
  const ending = new AbortController()

  const stored = async (id: string): Promise<number> => (await profiles.get([id])).get(id)?.version ?? 0

  async function write(): Promise<void> {
    for (let i = 0; !resting.signal.aborted; i++) {
      const id = IDS[i % IDS.length] ?? ''
      const held = (await profiles.get([id])).get(id)
      const version = (held?.version ?? 0) + 1
      const entry = { from: version, version, changed: ['traits'], at: Date.now() }
      const outbox = [...(held?.outbox ?? []), entry]
      const [isPut] = await profiles.put([aWrite(id, (held?.rev ?? 0) + 1, { version, outbox })])
      if (isPut) written.push(`${id} ${version}`)
      await delay(2)
    }
  }

  async function tell(relay: (typeof relays)[number]): Promise<void> {
    while (!ending.signal.aborted) {
      const told = await relay.carryFound(50).catch(() => 0)
      await delay(told > 0 ? 1 : 20)
    }
  }

  async function follow(messages: AsyncIterable<FeedMessage>): Promise<void> {
    for await (const message of messages) {
      if (message.kind === 'gap') {
        gaps++
        for (const id of IDS) {
          const isConcerned =
            message.partition === 'all' || reading.feed.partitionOf('Profile', id) === message.partition
          if (isConcerned) known.set(id, Math.max(known.get(id) ?? 0, await stored(id)))
        }
        continue
      }
      const { id, from, version } = message.change
      const last = known.get(id) ?? 0
      if (version <= last) continue
      if (from > last + 1) violations.push(`${id}: version ${last} was followed by ${from}`)
      known.set(id, version)
    }
  }

  /** What a gateway does on a read: the entry, or the store's version, which then fills the cache. */
  async function readCached(id: string): Promise<number> {
    const entity = { subgraph: 'profiles', type: 'Profile', id }
    const must = known.get(id) ?? 0
    const [result] = await reading.entityCache.read([{ entity, class: CLASS, fields: ['version'] }])
    const { entry = null, token = null, fence = 0 } = result ?? {}
    if (entry && entry.version < fence)
      violations.push(`${id}: an entry of version ${entry.version} below its fence ${fence}`)
    if (entry && entry.fields['version'] !== String(entry.version))
      violations.push(`${id}: fields of another version`)
    // Older than what this process has heard of: it is read again.
    if (entry && entry.version >= must) return entry.version
    const version = await stored(id)
    await delay(Math.random() * 3)
    if (token !== null) {
      const times = { storedAt: Date.now(), expiresAt: Date.now() + 60_000 }
      const filled = { id, version, fields: { version: String(version) }, ...times }
      await reading.entityCache.fill([{ entity, class: CLASS, token, entry: filled }])
    }
    return version
  }

  async function readAll(): Promise<void> {
    while (!ending.signal.aborted) {
      await Promise.all(IDS.map(readCached))
      await delay(1)
    }
  }

  async function compare(id: string): Promise<ProfileVersions> {
    return { id, stored: await stored(id), known: known.get(id) ?? 0, cached: await readCached(id) }
  }

  const messages = reading.feed.subscribe({ entity: 'Profile', maxQueued: 1_000, signal: ending.signal })
  const writer = write()
  const running = [...relays.map(tell), follow(messages), readAll()]

  return {
    written,
    violations,
    gaps: () => gaps,
    async stopWriting() {
      resting.abort()
      await writer
    },
    async differing() {
      const all = await Promise.all(IDS.map(compare))
      return all.filter((one) => one.known !== one.stored || one.cached !== one.stored)
    },
    async stop() {
      resting.abort()
      ending.abort()
      await Promise.all([writer, ...running])
    },
  }
}
