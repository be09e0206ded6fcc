import type { Event, EventKey, TrailId } from '../../core/events/event.ts'
import type { JsonObject } from '../../core/json.ts'

/** `conflict`: the key is taken by an event with another body, which stays; the new body is kept beside it. */
export type AppendResult = 'stored' | 'duplicate' | 'conflict'

/** What a fold needs of a row that awaits it. */
export interface PendingEvent {
  event: Event
  /** Raised each time a parked event is released: marks of an earlier attempt do not count. */
  attempt: number
}

export interface EventMark {
  key: EventKey
  attempt: number
  outcome: 'folded' | 'parked'
  /** The version of the trail that carries the effect. */
  trailVersion: number
  /** Why it was parked, and the version of the fold that could not apply it. */
  error?: string
  foldVersion?: number
}

/** An event that was set aside because no fold could apply it. */
export interface ParkedEvent extends PendingEvent {
  error: string | null
  foldVersion: number | null
  /** The version of its trail when it was parked. */
  trailVersion: number
}

export interface StoredEvent extends Event {
  state: 'pending' | 'folded' | 'parked'
  trailVersion: number | null
}

/** Another body that was sent under the key of an event: kept, and not counted. */
export interface EventConflict {
  key: EventKey
  trailId: TrailId
  receivedAt: number
  body: JsonObject
}
