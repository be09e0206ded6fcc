import type { EventKey } from '../events/event.ts'
import type { IdentityKey, IdentityPair, ProfileId } from './identity-key.ts'

/** Names the profile of a key. A key that a link names always gets one; rows are never deleted. */
export interface IdentityRow extends LinkCounts {
  key: IdentityKey
  /** homeProfile(key), kept so that a profile's own row is found by index. */
  home: ProfileId
  profileId: ProfileId
  /** The batch of the identity log that wrote it last; rises. */
  seq: number
  /** When a link first named it: an immutable instant, from the first batch that names it. */
  since: number
}

/** What the limits on shared identifiers look at. Links that were undone do not count. */
export interface LinkCounts {
  /** Decided links that name the key. */
  links: number
  /** Those of them that name a user id beside it. */
  userLinks: number
  /** Merges of two profiles that a link brought about whose first key this is. */
  merges: number
}

/** A link: recorded once for each pair, with the first event that named it. */
export interface PairRow {
  id: string
  pair: IdentityPair
  event: EventKey
  at: number
}

/** A link and what became of it. The order of the log is by (first, at, id). */
export interface LinkRecord extends PairRow {
  /** Waits to be decided: for the first time, or again. */
  pending: boolean
  /** The batch that first decided it, and the one that last did; null when none has yet. */
  first: number | null
  batch: number | null
  /** What was decided last. */
  decision: LinkDecision | null
}

/** Takes a link back: from then on no profile may hold both of its keys. */
export interface IdentityUndo {
  /** The id of the pair. */
  id: string
  pair: IdentityPair
  /** Who asked: the id of an API key, or `command line`. */
  by: string
  at: number
}

export interface UndoRecord extends IdentityUndo {
  /** The batch that carried it out; null while it waits. */
  batch: number | null
}

export type LinkDecision =
  /** Both keys were in one profile already. */
  | { kind: 'same' }
  /** `key`, alone until then, and a profile became one. */
  | { kind: 'bind'; key: IdentityKey; winner: ProfileId; loser: ProfileId; reason: MergeReason }
  /** Two profiles of several keys each became one. */
  | { kind: 'merge'; winner: ProfileId; loser: ProfileId; reason: MergeReason }
  /** The link breaks a rule, and `key` is the one of its keys that gives way: it stays where it was. */
  | { kind: 'drop'; key: IdentityKey; reason: 'blocked' }
  | { kind: 'drop'; key: IdentityKey; reason: 'too-many-of-kind'; of: string }
  /** The profile that would arise may not be; both stay where they were. */
  | { kind: 'refuse'; reason: RefuseReason }
  /** The link was undone. */
  | { kind: 'split'; reason: 'undone'; by: string; at: number }
  /** `key` is shared by too many: it links nobody, and is a profile of its own. */
  | { kind: 'quarantine'; key: IdentityKey; reason: QuarantineReason }

/** Why this side won. */
export type MergeReason = 'has-user-id' | 'older' | 'smaller-id'
/** `too-many-linked`: what it is linked with is too much to be decided anew. */
export type RefuseReason = 'undone-elsewhere' | 'too-many-keys' | 'too-many-merges' | 'too-many-linked'
export type QuarantineReason = 'too-many-user-ids' | 'too-many-links'

export interface LinkAnswer {
  pairId: string
  pair: IdentityPair
  event: EventKey
  decision: LinkDecision
}

export interface KeyMove extends LinkCounts {
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
  /** New links, and earlier ones on which the decision is another now. */
  answers: LinkAnswer[]
  undos: IdentityUndo[]
  /** Every key that the answered pairs name gets a row, also one that stays where it was. */
  moves: KeyMove[]
  losers: ProfileId[]
  gainers: ProfileId[]
}

/** Where a link stands in the log's order. Links that are not decided yet come last. */
export function compareLinks(a: LinkRecord, b: LinkRecord): number {
  const [first, other] = [a.first ?? Infinity, b.first ?? Infinity]
  if (first !== other) return first < other ? -1 : 1
  return a.at - b.at || (a.id < b.id ? -1 : Number(a.id > b.id))
}

/** Whether the link left its keys apart. */
export function isRefused(decision: LinkDecision): boolean {
  return decision.kind === 'drop' || decision.kind === 'refuse' || decision.kind === 'quarantine'
}
