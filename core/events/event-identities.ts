import { MonogramError } from '../errors.ts'
import { identityKey, identityPair, type IdentityKey, type IdentityPair } from '../identity/identity-key.ts'
import { MAX_IDENTITY_LENGTH, normalizeIdentity } from '../identity/identity-value.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'
import type { EventType } from './event.ts'
import { identifierText, invalid, optionalObject } from './event-fields.ts'

/** An identifier that an event names: as sent, in its normal form, and the key that it stands for. */
export interface NamedIdentity {
  kind: string
  raw: string
  value: string
  key: IdentityKey
}

export interface EventIdentities {
  /** The first of userId, anonymousId, external ids (sorted), e-mail, phone: whose trail the event is in. */
  sent: NamedIdentity
  /** `sent` with each other key that the event names, each once. */
  pairs: IdentityPair[]
}

export const MAX_EXTERNAL_IDS = 20

/**
 * Who an event is about. E-mail and phone are the person's own traits: `context.traits`, and `traits` of any event
 * but a group (whose traits are the group's). An alias names the anonymousId that went before as well. Placeholders
 * count as not given.
 *
 * @param country whose a phone number is that comes without its country's code; asked only when there is one
 * @throws MonogramError EVENT_NO_IDENTITY, EVENT_FIELD_INVALID
 */
export function eventIdentities(
  body: JsonObject,
  type: EventType,
  country: PhoneCountry = () => null,
): EventIdentities {
  const context = optionalObject(body, 'context')
  const named = [
    ...namedById('userId', body['userId'], 'userId'),
    ...namedById('anonymousId', body['anonymousId'], 'anonymousId'),
    ...externalIdentities(body, context, country),
    ...contactIdentities(body, context, type, country),
  ]
  const sent = named[0]
  if (sent === undefined) {
    throw new MonogramError(
      'EVENT_NO_IDENTITY',
      'expected a userId, an anonymousId, or another identifier that is no placeholder such as "null" or "0"',
    )
  }
  const previous = type === 'alias' ? namedById('anonymousId', body['previousId'], 'previousId') : []
  return { sent, pairs: pairsWith(sent.key, [...named, ...previous]) }
}

/** ISO 3166-1 alpha-2, or null. */
type PhoneCountry = () => string | null

function namedById(
  kind: string,
  value: JsonValue | undefined,
  field: string,
  country: PhoneCountry = () => null,
): NamedIdentity[] {
  const raw = identifierText(value, field, MAX_IDENTITY_LENGTH)
  return raw === null ? [] : namedAs(kind, raw, country)
}

function namedAs(kind: string, raw: string, country: PhoneCountry): NamedIdentity[] {
  const value = normalizeIdentity(kind, raw, kind === 'phone' ? country() : null)
  return value === null ? [] : [{ kind, raw, value, key: identityKey(kind, value) }]
}

function contactIdentities(
  body: JsonObject,
  context: JsonObject | null,
  type: EventType,
  country: PhoneCountry,
): NamedIdentity[] {
  const own = type === 'group' ? null : optionalObject(body, 'traits')
  const known = context === null ? null : optionalObject(context, 'traits')
  if (own === null && known === null) return []
  return CONTACTS.flatMap((kind) => {
    const value = own?.[kind] ?? known?.[kind]
    if (typeof value === 'string') return namedAs(kind, value, country)
    return typeof value === 'number' && Number.isSafeInteger(value)
      ? namedAs(kind, String(value), country)
      : []
  })
}

const CONTACTS = ['email', 'phone'] as const

/** A kind begins with a letter and has no colon, so a key splits in one way only. */
const KIND = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/

/** Segment's names for kinds that an event also has fields for. */
const KIND_ALIASES: ReadonlyMap<string, string> = new Map([
  ['user_id', 'userId'],
  ['anonymous_id', 'anonymousId'],
])

function externalIdentities(
  body: JsonObject,
  context: JsonObject | null,
  country: PhoneCountry,
): NamedIdentity[] {
  const listed = [
    ...externalList(body['externalIds'], 'externalIds', country),
    ...externalList(context?.['externalIds'], 'context.externalIds', country),
    ...externalList(context?.['externalId'], 'context.externalId', country),
  ]
  if (listed.length > MAX_EXTERNAL_IDS) {
    throw new MonogramError(
      'EVENT_FIELD_INVALID',
      `externalIds: expected at most ${MAX_EXTERNAL_IDS}, got ${listed.length}`,
    )
  }
  return listed.length < 2 ? listed : listed.sort(byKindAndRaw)
}

/** Segment's `[{ id, type, collection }]`, RudderStack's `[{ id, type }]`. Ids of accounts identify no person. */
function externalList(list: JsonValue | undefined, field: string, country: PhoneCountry): NamedIdentity[] {
  if (list === undefined || list === null) return []
  if (!Array.isArray(list)) throw invalid(field, 'a list of { type, id }', list)
  return list.flatMap((entry) => {
    if (!isJsonObject(entry)) throw invalid(field, 'a list of { type, id }', entry)
    const { type, collection } = entry
    if (typeof collection === 'string' && collection !== 'users') return []
    if (typeof type !== 'string' || !KIND.test(type)) {
      throw invalid(`${field}.type`, 'a letter and up to 63 letters, digits, ".", "_" or "-"', type)
    }
    return namedById(KIND_ALIASES.get(type) ?? type, entry['id'], `${field}.id`, country)
  })
}

function byKindAndRaw(a: NamedIdentity, b: NamedIdentity): number {
  if (a.kind !== b.kind) return a.kind < b.kind ? -1 : 1
  return a.raw < b.raw ? -1 : Number(a.raw > b.raw)
}

function pairsWith(key: IdentityKey, others: readonly NamedIdentity[]): IdentityPair[] {
  const pairs: IdentityPair[] = []
  const seen = new Set<IdentityKey>([key])
  for (const other of others) {
    const pair = seen.has(other.key) ? null : identityPair(key, other.key)
    seen.add(other.key)
    if (pair !== null) pairs.push(pair)
  }
  return pairs
}
