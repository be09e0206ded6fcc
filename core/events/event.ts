import type { JsonObject, JsonValue } from '../json.ts'
import type { IdentityKey, IdentityPair } from '../identity/identity-key.ts'

export const EVENT_TYPES = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const
export type EventType = (typeof EVENT_TYPES)[number]

/** 22 characters: hash of (identity as sent, source, messageId). The same event sent again has the same key. */
export type EventKey = string

/** 22 characters: hash of the identity that the event was sent with, in its normal form. */
export type TrailId = string

/** An event that passed validation: what the log keeps. Times are epoch milliseconds. */
export interface Event {
  key: EventKey
  trailId: TrailId
  /** The normalised `kind:value` of the identity it was sent with. */
  identity: IdentityKey
  /** Who sent it: the id of an API key, or `import:<name>`. A part of the key. */
  source: string
  messageId: string
  type: EventType
  /** For a track its event name; for page and screen the name when there is one; else the type. */
  name: string
  /** When it happened: corrected for the sender's clock, never more than 5 minutes after `receivedAt`. */
  time: number
  receivedAt: number
  /** As sent, without `messageId` and transport fields (`sentAt`, `receivedAt`, `_metadata`, `writeKey`). */
  body: JsonObject
  /** SHA-256 of the canonical JSON of `body`, base64url: tells a resend from another event under the same key. */
  bodyHash: string
  /** The pairs of identity keys that this event names together. */
  pairs: readonly IdentityPair[]
  /** Absent where there is nothing to say, as for most. */
  meta?: EventMeta
}

/** What was found out when the event was accepted, by the rules in force then. */
export interface EventMeta {
  /** It happened longer before its arrival than events usually do. */
  late?: true
  /** By the path in `body` (`traits.phone`): the normal form, where it differs from what was sent. */
  normalised?: Readonly<Record<string, JsonValue>>
  /** Paths of what has no normal form: it counts as it was sent. */
  unnormalised?: readonly string[]
}
