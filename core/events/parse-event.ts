import { MonogramError, type ErrorCode } from '../errors.ts'
import { hash128, lengthPrefixed, sha256 } from '../hash.ts'
import { canonicalJson, isJsonObject, type JsonObject } from '../json.ts'
import { countryOf, normaliseEvent, type Normalised } from '../normalise/normalise-event.ts'
import { NO_RULES, type SourceRules } from '../normalise/rules.ts'
import { EVENT_TYPES, type Event, type EventMeta, type EventType } from './event.ts'
import { identifierText, invalid, optionalObject } from './event-fields.ts'
import { eventIdentities } from './event-identities.ts'
import { checkShape, makeStorable, mayBeUnstorable } from './event-shape.ts'
import { eventTime } from './event-time.ts'
import { given } from './given.ts'

export interface ParseContext {
  /** Who sent it: the id of an API key, or `import:<name>`. */
  source: string
  /** Epoch milliseconds. */
  receivedAt: number
  /** Of the request that carried it; the event's own goes first. */
  sentAt?: unknown
  /** What the door says (`/v1/track`) where the event says nothing. */
  defaultType?: EventType
  /** The batch's `context`, which each event's own overrides key by key. */
  defaultContext?: JsonObject
  /** Of the event as JSON, without transport fields. */
  maxBytes: number
  /** For an event without one. An event that is to be recognised when sent again brings its own. */
  newMessageId: () => string
  /** How this source's values are normalised; without tables and country when absent. */
  rules?: SourceRules
  /** An event that happened longer before `receivedAt` is marked late; none is when absent. */
  lateAfterMs?: number
}

export type ParseResult = { ok: true; event: Event } | { ok: false; code: ErrorCode; reason: string }

export const MAX_MESSAGE_ID_LENGTH = 200
export const MAX_EVENT_NAME_LENGTH = 200

/**
 * Turns what came off the wire (parsed JSON, otherwise unknown) into an event of the log, by Segment's spec. The
 * event shares structure with `raw`, which is left unchanged and must not be changed afterwards.
 */
export function parseEvent(raw: unknown, context: ParseContext): ParseResult {
  try {
    return { ok: true, event: readEvent(raw, context) }
  } catch (error) {
    if (!(error instanceof MonogramError)) throw error
    return { ok: false, code: error.code, reason: error.message }
  }
}

function readEvent(raw: unknown, context: ParseContext): Event {
  if (!isJsonObject(raw)) {
    throw new MonogramError('EVENT_NOT_OBJECT', `expected a JSON object, got ${given(raw)}`)
  }
  checkSize(checkShape(raw), context.maxBytes)
  const type = eventType(raw, context.defaultType)
  const body = sentBody(raw, type, context.defaultContext)
  const { stored, json } = storableBody(body, context.maxBytes)
  optionalObject(body, 'properties')
  const name = eventName(stored, type)
  const time = eventTime(raw, { at: context.receivedAt, sentAt: context.sentAt })
  const messageId =
    identifierText(raw['messageId'], 'messageId', MAX_MESSAGE_ID_LENGTH)?.trim() ?? context.newMessageId()
  const rules = context.rules ?? NO_RULES
  const { sent, pairs } = eventIdentities(body, type, () => countryOf(body, type, rules))
  const meta = eventMeta(normaliseEvent(stored, type, rules), context.receivedAt - time, context.lateAfterMs)
  return {
    key: hash128(lengthPrefixed([sent.kind, sent.raw, context.source, messageId])),
    trailId: hash128(lengthPrefixed([sent.kind, sent.value])),
    identity: sent.key,
    source: context.source,
    messageId,
    type,
    name,
    time,
    receivedAt: context.receivedAt,
    body: stored,
    bodyHash: sha256(json),
    pairs,
    ...(meta !== null && { meta }),
  }
}

/** Null when there is nothing to say. */
function eventMeta(fields: Normalised, ageMs: number, lateAfterMs: number | undefined): EventMeta | null {
  const { normalised, unnormalised } = fields
  const late = lateAfterMs !== undefined && ageMs > lateAfterMs
  const changed = Object.keys(normalised).length > 0
  if (!late && !changed && unnormalised.length === 0) return null
  return {
    ...(late && { late }),
    ...(changed && { normalised }),
    ...(unnormalised.length > 0 && { unnormalised }),
  }
}

function checkSize(bytes: number, maxBytes: number): void {
  if (bytes <= maxBytes) return
  throw new MonogramError('EVENT_TOO_LARGE', `expected at most ${maxBytes} bytes, got at least ${bytes}`)
}

function eventType(raw: JsonObject, defaultType: EventType | undefined): EventType {
  const type = raw['type'] ?? defaultType
  const known = EVENT_TYPES.find((each) => each === type)
  if (known !== undefined) return known
  throw new MonogramError(
    'EVENT_TYPE_UNKNOWN',
    `type: expected one of ${EVENT_TYPES.join(', ')}, got ${given(type)}`,
  )
}

/** What differs when an SDK sends the same event again, or is no part of it; the messageId is part of its key. */
const TRANSPORT_FIELDS: ReadonlySet<string> = new Set([
  'sentAt',
  'receivedAt',
  '_metadata',
  'writeKey',
  'messageId',
])

/** The event with what its door and batch say, the same whichever way it came. */
function sentBody(raw: JsonObject, type: EventType, defaultContext: JsonObject | undefined): JsonObject {
  const body: JsonObject = {}
  for (const key of Object.keys(raw)) {
    if (!TRANSPORT_FIELDS.has(key)) body[key] = raw[key] ?? null
  }
  body['type'] = type
  if (defaultContext !== undefined) {
    checkShape(defaultContext)
    body['context'] = { ...defaultContext, ...optionalObject(raw, 'context') }
  }
  return body
}

/** The body as the log keeps it, and its canonical JSON. */
function storableBody(body: JsonObject, maxBytes: number): { stored: JsonObject; json: string } {
  const json = canonicalJson(body)
  checkSize(json.length * 3 > maxBytes ? Buffer.byteLength(json) : json.length, maxBytes)
  if (!mayBeUnstorable(json)) return { stored: body, json }
  const stored = makeStorable(body)
  return { stored, json: canonicalJson(stored) }
}

function eventName(body: JsonObject, type: EventType): string {
  switch (type) {
    case 'track':
      return trackName(body['event'])
    case 'page':
    case 'screen':
      return givenName(body['name'], 'name') ?? type
    default:
      return type
  }
}

function trackName(value: unknown): string {
  const name = givenName(value, 'event')
  if (name !== null) return name
  throw new MonogramError(
    'EVENT_NAME_MISSING',
    `event: expected the name of what happened, got ${given(value)}`,
  )
}

function givenName(value: unknown, field: string): string | null {
  if (value === undefined || value === null) return null
  const expected = `text of at most ${MAX_EVENT_NAME_LENGTH} characters`
  if (typeof value !== 'string') throw invalid(field, expected, value)
  const name = value.trim()
  if (name.length > MAX_EVENT_NAME_LENGTH) throw invalid(field, expected, value)
  return name.length === 0 ? null : name
}
