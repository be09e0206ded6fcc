import type { Event } from '../core/events/event.ts'
import { homeProfile } from '../core/identity/identity-key.ts'
import { emptyState } from '../core/profile/state.ts'
import type { AppliedEntry, EventMark, PendingEvent, TrailDocument } from '../storage/ports.ts'

/** How many pending events of one trail are applied by one write, which is also the most applied entries it carries. */
export const MAX_EVENTS_PER_WRITE = 64

/** What one trail needs: marks that an earlier write is owed, and events to apply. */
export interface Step {
  trail: TrailDocument
  markFirst: EventMark[]
  /** Rows that an earlier write applied and that were not marked. */
  found: PendingEvent[]
  todo: PendingEvent[]
}

/** `rows`: the pending events of the trail, read after it, at most MAX_EVENTS_PER_WRITE; one at least. */
export function planStep(
  stored: TrailDocument | undefined,
  rows: readonly PendingEvent[],
  foldVersion: number,
): Step {
  const [first] = rows
  if (!first) throw new Error('a trail without pending rows was read as pending')
  const trail = stored ?? newTrail(first.event, foldVersion)
  const applied = new Map(trail.applied.map((entry) => [entry.key, entry]))
  const wasApplied = (row: PendingEvent): boolean => applied.get(row.event.key)?.attempt === row.attempt
  const entered = rows.filter(wasApplied)
  // All pending rows were read unless the limit cut them off: then an entry that was not read may still be unmarked.
  const cutOff = rows.length >= MAX_EVENTS_PER_WRITE
  const unmarked = cutOff ? trail.applied : entered.flatMap((row) => applied.get(row.event.key) ?? [])
  return {
    trail,
    markFirst: unmarked.map(markOf),
    found: entered.filter((row) => applied.get(row.event.key)?.parked === undefined),
    todo: rows.filter((row) => !wasApplied(row)),
  }
}

function newTrail(event: Event, foldVersion: number): TrailDocument {
  return {
    id: event.trailId,
    identity: event.identity,
    home: homeProfile(event.identity),
    version: 0,
    foldVersion,
    state: emptyState(),
    applied: [],
    dirty: false,
  }
}

export function markOf(entry: AppliedEntry): EventMark {
  return {
    key: entry.key,
    attempt: entry.attempt,
    outcome: entry.parked === undefined ? 'folded' : 'parked',
    trailVersion: entry.version,
    ...(entry.parked === undefined ? {} : { error: entry.parked }),
    ...(entry.foldVersion === undefined ? {} : { foldVersion: entry.foldVersion }),
  }
}
