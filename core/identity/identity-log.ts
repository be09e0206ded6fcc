import type { EventKey } from '../events/event.ts'
import type { IdentityKey, IdentityPair, ProfileId } from './identity-key.ts'

/** Names the profile of a key. A key that a link names always gets one; rows are never deleted. */
export interface IdentityRow {
  key: IdentityKey
  /** homeProfile(key), kept so that a profile's own row is found by index. */
  home: ProfileId
  profileId: ProfileId
  /** The batch of the identity log that wrote it last; rises. */
  seq: number
  /** When a link first named it: an immutable instant, from the first batch that names it. */
  since: number
}

/** A link: recorded once for each pair, with the first event that named it. */
export interface PairRow {
  id: string
  pair: IdentityPair
  event: EventKey
  at: number
}

export type LinkDecision =
  | { kind: 'same' }
  | { kind: 'merge'; winner: ProfileId; loser: ProfileId; reason: MergeReason }
  | { kind: 'refuse'; reason: RefuseReason }

/** Why this side won. */
export type MergeReason = 'has-user-id' | 'older' | 'smaller-id'
export type RefuseReason = 'two-user-ids' | 'too-many-keys'

export interface LinkAnswer {
  pairId: string
  pair: IdentityPair
  event: EventKey
  decision: LinkDecision
}

export interface KeyMove {
  key: IdentityKey
  /** The profile that it leaves: also when that one was only derived and has no document. */
  from: ProfileId
  to: ProfileId
  since: number
}

/** One entry of the identity log, inserted if absent as number `n`. */
export interface IdentityBatch {
  n: number
  at: number
  done: boolean
  answers: LinkAnswer[]
  /** Every key that the answered pairs name gets a row, also one that stays where it was. */
  moves: KeyMove[]
  losers: ProfileId[]
  gainers: ProfileId[]
}
