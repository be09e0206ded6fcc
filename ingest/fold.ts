import type { Event, TrailId } from '../core/events/event.ts'
import { homeProfile } from '../core/identity/identity-key.ts'
import type { ProductPatch } from '../core/products/product.ts'
import { productPatches } from '../core/products/product-state.ts'
import { emptyState, foldEvents } from '../core/profile/state.ts'
import type { ProfileState } from '../core/profile/profile.ts'
import type { Log } from '../platform/log.ts'
import type {
  AppliedEntry,
  EventMark,
  EventStore,
  PendingEvent,
  TrailDocument,
  TrailStore,
} from '../storage/ports.ts'
import type { Catalogue } from './catalogue.ts'

export interface FoldOptions {
  events: EventStore
  trails: TrailStore
  catalogue: Catalogue
  /** ISO 4217 code of amounts that come without one. */
  currency: string
  log: Log
}

export interface Fold {
  /**
   * Applies pending events of these trails, each exactly once whatever dies or overtakes in between. A trail that
   * another worker wrote meanwhile keeps its events pending for the next call. Returns how many events it applied.
   */
  foldTrails(ids: readonly TrailId[]): Promise<number>
}

/** How many pending events of one trail are applied by one write, which is also the most applied entries it carries. */
const MAX_EVENTS_PER_WRITE = 64

export function createFold({ events, trails, catalogue, currency, log }: FoldOptions): Fold {
  return {
    async foldTrails(ids) {
      // The trail is read before the rows: a row that is still pending then, and not among the entries, is not in it.
      const stored = await trails.get(ids)
      const pending = await events.readPending(ids, MAX_EVENTS_PER_WRITE)
      const steps = [...pending].map(([id, rows]) => planStep(stored.get(id), rows))

      // Entries leave the trail only after their rows are marked.
      const overdue = steps.flatMap((step) => step.markFirst)
      if (overdue.length > 0) {
        await catalogue.upsert(patchesOf(steps.flatMap((step) => step.found.map((row) => row.event))))
        await events.mark(overdue)
      }

      const writes = steps.flatMap((step) => (step.todo.length > 0 ? [applyStep(step)] : []))
      if (writes.length === 0) return 0
      const written = await trails.put(writes.map((write) => write.trail))
      const done = writes.filter((_, i) => written[i])
      await catalogue.upsert(patchesOf(done.flatMap((write) => write.applied)))
      await events.mark(done.flatMap((write) => write.trail.applied.map(markOf)))
      return done.reduce((sum, write) => sum + write.applied.length, 0)
    },
  }

  function patchesOf(applied: readonly Event[]): ProductPatch[] {
    return applied.flatMap((event) => productPatches(event, { currency }))
  }

  function applyStep({ trail, todo }: Step): { trail: TrailDocument; applied: Event[] } {
    const version = trail.version + 1
    const { state, parked } = applyAll(trail.state, todo)
    const applied = todo.map(({ event, attempt }): AppliedEntry => {
      const error = parked.get(event)
      return { key: event.key, attempt, version, ...(error === undefined ? {} : { parked: error }) }
    })
    return {
      trail: { ...trail, version, state, applied, dirty: true },
      applied: todo.map((row) => row.event).filter((event) => !parked.has(event)),
    }
  }

  /** An event that the fold cannot apply is set aside with its error, and the others go on. */
  function applyAll(
    state: ProfileState,
    rows: readonly PendingEvent[],
  ): { state: ProfileState; parked: Map<Event, string> } {
    const parked = new Map<Event, string>()
    const all = rows.map((row) => row.event)
    try {
      return { state: foldEvents(state, all, { currency }), parked }
    } catch {
      let each = state
      for (const event of all) {
        try {
          each = foldEvents(each, [event], { currency })
        } catch (error) {
          log.error(
            { err: error, event: event.key, trail: event.trailId },
            'event parked: the fold failed on it',
          )
          parked.set(event, error instanceof Error ? error.message : String(error))
        }
      }
      return { state: each, parked }
    }
  }
}

interface Step {
  trail: TrailDocument
  markFirst: EventMark[]
  /** Rows that an earlier write applied and that were not marked. */
  found: PendingEvent[]
  todo: PendingEvent[]
}

function planStep(stored: TrailDocument | undefined, rows: readonly PendingEvent[]): Step {
  const [first] = rows
  if (!first) throw new Error('a trail without pending rows was read as pending')
  const trail = stored ?? newTrail(first.event)
  const applied = new Map(trail.applied.map((entry) => [entry.key, entry]))
  const wasApplied = (row: PendingEvent): boolean => applied.get(row.event.key)?.attempt === row.attempt
  const found = rows.filter(wasApplied)
  // All pending rows were read unless the limit cut them off: then an entry that was not read may still be unmarked.
  const cutOff = rows.length >= MAX_EVENTS_PER_WRITE
  const unmarked = cutOff ? trail.applied : found.flatMap((row) => applied.get(row.event.key) ?? [])
  return { trail, markFirst: unmarked.map(markOf), found, todo: rows.filter((row) => !wasApplied(row)) }
}

function newTrail(event: Event): TrailDocument {
  return {
    id: event.trailId,
    identity: event.identity,
    home: homeProfile(event.identity),
    version: 0,
    state: emptyState(),
    applied: [],
    dirty: false,
  }
}

function markOf(entry: AppliedEntry): EventMark {
  return {
    key: entry.key,
    attempt: entry.attempt,
    outcome: entry.parked === undefined ? 'folded' : 'parked',
    trailVersion: entry.version,
    ...(entry.parked === undefined ? {} : { error: entry.parked }),
  }
}
