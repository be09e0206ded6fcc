import type { EventKey, TrailId } from '../../core/events/event.ts'
import type { IdentityKey, ProfileId } from '../../core/identity/identity-key.ts'
import type { ProfileState } from '../../core/profile/profile.ts'

/** An event that the trail's state already holds, until its row is marked. */
export interface AppliedEntry {
  key: EventKey
  attempt: number
  version: number
  parked?: string
  /** With `parked`: the version of the fold that could not apply it. */
  foldVersion?: number
}

export interface TrailDocument {
  id: TrailId
  /** The normalised key of the identity that its events were sent with, and the profile derived from that key. */
  identity: IdentityKey
  home: ProfileId
  /** Rises by one with every write. */
  version: number
  /** The version of the fold that made the state. */
  foldVersion: number
  state: ProfileState
  applied: AppliedEntry[]
  /** Its profile has not been materialised from this version yet. */
  dirty: boolean
}

/**
 * What a trail was made of before its log begins: the state of the folded events that happened before `before` and that
 * the trail's versions up to `version` carry. Those events may be gone from the log.
 */
export interface TrailBase {
  id: TrailId
  /** Rises by one with every write; what compare-and-set is on. */
  rev: number
  before: number
  version: number
  foldVersion: number
  state: ProfileState
}

export interface TrailStore {
  /** The bases of those trails that have one. What an older fold lacks is read as `get` reads it. */
  bases(ids: readonly TrailId[]): Promise<Map<TrailId, TrailBase>>
  /** Compare-and-set on `rev - 1` (insert-if-absent for 1). True where it took effect. */
  putBases(bases: readonly TrailBase[]): Promise<boolean[]>
  /** Parts that a state of an older fold lacks are read as empty, here and in `findByHomes`. */
  get(ids: readonly TrailId[]): Promise<Map<TrailId, TrailDocument>>
  /**
   * Compare-and-set: each takes effect only where the stored version is `version - 1` (insert-if-absent for 1).
   * True where it did. After an unknown outcome a repeat may answer false although the first took effect.
   */
  put(trails: readonly TrailDocument[]): Promise<boolean[]>
  /** Trails of the keys whose derived profile is one of these. */
  findByHomes(homes: readonly ProfileId[]): Promise<TrailDocument[]>
  /** Dirty trails, at most `limit`, in order of id, ids above `after` only. */
  findDirty(after: TrailId | null, limit: number): Promise<Pick<TrailDocument, 'id' | 'identity' | 'home'>[]>
  /** The events that the dirty trails of these homes hold and their profiles may not show yet. */
  dirtyEvents(homes: readonly ProfileId[]): Promise<{ home: ProfileId; keys: EventKey[] }[]>
  /** Clears dirty where the version is still this one. Safe to repeat. */
  clearDirty(trails: readonly { id: TrailId; version: number }[]): Promise<void>
  /** All, in order of id, ids above `after` only. */
  list(after: TrailId | null, limit: number): Promise<TrailId[]>
}
