import type { EventKey, TrailId } from '../../core/events/event.ts'

export interface EventPosition {
  time: number
  key: EventKey
}

/** Which part of a trail's folded events is read: by versions above one, events after a position. */
export interface FoldedQuery {
  trail: TrailId
  aboveVersion: number
  after: EventPosition | null
}

export interface EventRange {
  trail: TrailId
  from: number
  before: number
}

/**
 * Folded events of a trail that its base holds, since they happened before `before` and versions up to `version` carry
 * them; of these the ones that arrived at `receivedUntil` or before.
 */
export interface SealedEvents {
  trail: TrailId
  before: number
  version: number
  receivedUntil: number
}

/** Of more than a million that are pending, or parked, a million may be counted. */
export interface EventBacklog {
  pending: number
  parked: number
  /** When the oldest of the pending events that were counted arrived; null without any. */
  oldestReceivedAt: number | null
}

export interface EventListQuery {
  names: readonly string[] | null
  before: EventPosition | null
  limit: number
}
