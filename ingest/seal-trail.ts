import type { Event, TrailId } from '../core/events/event.ts'
import { purchaseOf, type PurchaseRef } from '../core/events/purchase.ts'
import type { ProfileState } from '../core/profile/profile.ts'
import { joinPurchases } from '../core/profile/purchase.ts'
import { emptyState } from '../core/profile/state.ts'
import type { Held, TrailLog } from '../core/profile/trail-log.ts'
import type { Log } from '../platform/log.ts'
import {
  StorageError,
  type EventPosition,
  type Storage,
  type StoredEvent,
  type TrailBase,
  type TrailDocument,
} from '../storage/ports.ts'
import { recallSettled } from './recall.ts'

export interface SealTrailOptions {
  storage: Pick<Storage, 'events' | 'trails' | 'sealedPurchases'>
  /** The fold, and its version. */
  apply: (state: ProfileState, events: readonly Event[]) => ProfileState
  foldVersion: number
  trailLog: TrailLog
  log: Log
}

/**
 * Seals the trail's folded events that happened before an instant into its base, some thousand at a time, and deletes
 * those of them that had arrived by another. Each step may be the last: the base says which events it holds, so what is
 * left is deleted by a later run.
 */
export type SealTrail = (id: TrailId, range: SealedRange) => Promise<{ deleted: number; left: boolean }>

/** Instants in epoch milliseconds. */
export interface SealedRange {
  before: number
  receivedUntil: number
}

/** Events that one write of a base takes in, but for more of one instant. */
const CHUNK = 2_000
/** Events that are read, or deleted, at a time. */
const PAGE = 500
const MAX_ATTEMPTS = 50

export function createSealTrail(options: SealTrailOptions): SealTrail {
  const { apply, foldVersion, trailLog, log } = options
  const { events, trails, sealedPurchases } = options.storage

  return async (id, { before, receivedUntil }) => {
    let deleted = 0
    for (let attempt = 1; attempt <= MAX_ATTEMPTS;) {
      const base = (await trails.bases([id])).get(id)
      if (base) deleted += await deleteSealed(base, receivedUntil)
      const trail = (await trails.get([id])).get(id)
      if (!trail) return { deleted, left: false }
      if (trail.foldVersion > foldVersion) return { deleted, left: true }
      const chunk = await readChunk(trail, base, before)
      if (chunk.events.length === 0) return { deleted, left: false }
      const state = await extended(trail, base, chunk).catch((error: unknown) => {
        if (error instanceof StorageError) throw error
        log.error({ err: error, trail: id }, 'a trail cannot be sealed and keeps its events')
        return null
      })
      if (state === null) return { deleted, left: true }
      const { version, before: sealedBefore } = chunk
      const rev = (base?.rev ?? 0) + 1
      const [written] = await trails.putBases([
        { id, rev, before: sealedBefore, version, foldVersion, state },
      ])
      // Another run that seals the same trail was faster: its base is the one to go on from.
      if (written) attempt = 1
      else attempt++
    }
    return { deleted, left: true }
  }

  /** Events that the base is to take in: all that it lacks before an instant, up to the one asked for. */
  async function readChunk(
    trail: TrailDocument,
    base: TrailBase | undefined,
    before: number,
  ): Promise<Chunk> {
    const version = Math.max(base?.version ?? 0, await markedVersion(trail))
    // A base never holds less than the one before it.
    const until = Math.max(before, base?.before ?? before)
    const found: StoredEvent[] = []
    for (let after: EventPosition | null = null; ;) {
      const [page = []] = await events.readFolded([{ trail: trail.id, aboveVersion: 0, after }], PAGE)
      for (const event of page) {
        if (event.time >= until) return { events: found, version, before: until }
        if ((event.trailVersion ?? 0) > version || isSealed(event, base)) continue
        // It holds all of an instant or nothing of it, so that its end says which events it holds.
        const mayEnd = event.time > (found.at(-1)?.time ?? event.time) && event.time >= (base?.before ?? 0)
        if (found.length >= CHUNK && mayEnd) return { events: found, version, before: event.time }
        found.push(event)
      }
      const last = page.at(-1)
      if (!last || page.length < PAGE) return { events: found, version, before: until }
      after = { time: last.time, key: last.key }
    }
  }

  /** The newest version of which every event is marked, so that its row says that it is in the trail. */
  async function markedVersion(trail: TrailDocument): Promise<number> {
    const versions = new Map(trail.applied.map(({ key, version }) => [key, version]))
    const unmarked = (await trailLog.unmarked([trail])).map(({ key }) => versions.get(key) ?? 1)
    return Math.min(trail.version, ...unmarked.map((version) => version - 1))
  }

  async function extended(
    trail: TrailDocument,
    base: TrailBase | undefined,
    chunk: Chunk,
  ): Promise<ProfileState> {
    let state = base?.state ?? emptyState()
    for (let i = 0; i < chunk.events.length; i += PAGE) {
      const read = chunk.events.slice(i, i + PAGE)
      const [first] = read
      const held: Held[] = [
        { version: chunk.version, before: first ? { time: first.time, key: first.key } : null },
      ]
      if (base) held.push({ version: base.version, before: { time: base.before, key: '' } })
      const [recalled = state] = await recallSettled(
        [{ trail: trail.id, state, events: read, held, except: [] }],
        trailLog,
      )
      state = apply(recalled, read)
    }
    return state
  }

  async function deleteSealed({ id, before, version }: TrailBase, receivedUntil: number): Promise<number> {
    for (let deleted = 0; ;) {
      const [found = []] = await events.readSealed([{ trail: id, before, version, receivedUntil }], PAGE)
      if (found.length === 0) return deleted
      await keepPurchases(id, found)
      await events.deleteFolded(found.map(({ key }) => key))
      deleted += found.length
    }
  }

  /** What events about a purchase amount to outlives them. Keeping it twice does no harm. */
  async function keepPurchases(trail: TrailId, deleted: readonly StoredEvent[]): Promise<void> {
    const byRef = new Map<PurchaseRef, StoredEvent[]>()
    for (const event of deleted) {
      const ref = purchaseOf(event)?.ref
      if (ref !== undefined) byRef.set(ref, [...(byRef.get(ref) ?? []), event])
    }
    let open = [...byRef.keys()]
    for (let attempt = 1; open.length > 0; attempt++) {
      if (attempt > MAX_ATTEMPTS) throw new Error(`the purchases of trail ${trail} stay contended`)
      const present = new Map(
        (await sealedPurchases.get(open.map((ref) => ({ trail, ref })))).map((each) => [each.ref, each]),
      )
      const writes = open.flatMap((ref) => {
        const told = apply(emptyState(), byRef.get(ref) ?? []).purchases[ref]
        if (!told) return []
        const kept = present.get(ref)
        const purchase = kept ? joinPurchases(kept.purchase, told) : told
        return [{ trail, ref, rev: (kept?.rev ?? 0) + 1, purchase }]
      })
      const written = await sealedPurchases.put(writes)
      open = writes.filter((_, i) => !written[i]).map(({ ref }) => ref)
    }
  }
}

interface Chunk {
  events: readonly StoredEvent[]
  version: number
  before: number
}

function isSealed({ time, trailVersion }: StoredEvent, base: TrailBase | undefined): boolean {
  return base !== undefined && time < base.before && (trailVersion ?? 0) <= base.version
}
