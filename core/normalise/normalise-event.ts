import { productEntries, productIdOf, propertyId } from '../events/commerce.ts'
import type { EventType } from '../events/event.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'
import { normaliseField, type FieldKind } from './field.ts'
import { countryOfLocale } from './locale.ts'
import type { SourceRules } from './rules.ts'

/** What was made of an event's fields, by path: `traits.phone`, `properties.products.0.sku`. */
export interface Normalised {
  /** Normal forms that differ from what was sent. */
  normalised: Record<string, JsonValue>
  /** What has no normal form, and stays as it was sent: the first MAX_UNNORMALISED. */
  unnormalised: string[]
}

/**
 * The person's e-mail address, phone number, country, currency, locale and times, from `traits` (but a group's) and
 * `context.traits`; and of a track its currency and product ids. The event itself stays as it was sent.
 */
export function normaliseEvent(body: JsonObject, type: EventType, rules: SourceRules): Normalised {
  const found: Normalised = { normalised: {}, unnormalised: [] }
  const own = type === 'group' ? undefined : body['traits']
  const context = body['context']
  const known = isJsonObject(context) ? context['traits'] : undefined
  const country = (): string | null => countryOf(body, type, rules)
  if (isJsonObject(own)) normaliseTraits('traits', own, rules, country, found)
  if (isJsonObject(known)) normaliseTraits('context.traits', known, rules, country, found)
  const properties = body['properties']
  if (type === 'track' && isJsonObject(properties)) normaliseProperties(properties, rules, found)
  return found
}

/** ISO 3166-1 alpha-2: where the event says that the person is, else the country of its locale, else the rules'. */
export function countryOf(body: JsonObject, type: EventType, rules: SourceRules): string | null {
  const context = objectAt(body, 'context')
  const traits = [type === 'group' ? {} : objectAt(body, 'traits'), objectAt(context, 'traits')]
  const said = [
    ...traits.flatMap((each) => [each['country'], objectAt(each, 'address')['country']]),
    objectAt(context, 'location')['country'],
  ]
  for (const value of said) {
    const country = typeof value === 'string' ? normaliseField('country', value, rules, nowhere) : null
    if (country !== null) return country
  }
  for (const value of [...traits.map((each) => each['locale']), context['locale']]) {
    const country = typeof value === 'string' ? countryOfLocale(value) : null
    if (country !== null) return country
  }
  return rules.country
}

const TRAITS: readonly (readonly [name: string, kind: FieldKind])[] = [
  ['email', 'email'],
  ['phone', 'phone'],
  ['country', 'country'],
  ['currency', 'currency'],
  ['locale', 'locale'],
  ['createdAt', 'time'],
  ['birthday', 'time'],
]

export const MAX_UNNORMALISED = 100

const PRODUCT_ID_FIELDS = ['product_id', 'productId', 'sku', 'id'] as const

function normaliseTraits(
  path: string,
  traits: JsonObject,
  rules: SourceRules,
  country: () => string | null,
  found: Normalised,
): void {
  for (const [name, kind] of TRAITS) {
    const value = traits[name]
    if (isGiven(value)) note(found, `${path}.${name}`, value, normaliseField(kind, value, rules, country))
  }
  const { address } = traits
  if (!isJsonObject(address) || !isGiven(address['country'])) return
  const normal = normaliseField('country', address['country'], rules, country)
  note(found, `${path}.address.country`, address['country'], normal)
}

function normaliseProperties(properties: JsonObject, rules: SourceRules, found: Normalised): void {
  const { currency } = properties
  if (isGiven(currency)) {
    note(found, 'properties.currency', currency, normaliseField('currency', currency, rules, nowhere))
  }
  const { products } = properties
  if (!Array.isArray(products)) {
    if (rules.has('productId')) normaliseProductId('properties', properties, rules, found)
    return
  }
  if (productEntries(properties).length === 0) return
  for (const [i, entry] of products.entries()) {
    if (!isJsonObject(entry)) continue
    if (rules.has('productId')) normaliseProductId(`properties.products.${i}`, entry, rules, found)
    if (productIdOf(entry) === null && PRODUCT_ID_FIELDS.some((field) => isGiven(entry[field]))) {
      addUnnormalised(found, `properties.products.${i}`)
    }
  }
}

/** White space around an id is left out wherever it is read; only a table makes another id of it. */
function normaliseProductId(path: string, entry: JsonObject, rules: SourceRules, found: Normalised): void {
  for (const field of PRODUCT_ID_FIELDS) {
    const id = propertyId(entry[field])
    if (id === null) continue
    const normal = rules.lookup('productId', id)
    if (normal !== null) found.normalised[`${path}.${field}`] = normal
    return
  }
}

function note(found: Normalised, path: string, value: JsonValue, normal: string | null): void {
  if (normal === null) addUnnormalised(found, path)
  else if (normal !== value) found.normalised[path] = normal
}

function addUnnormalised({ unnormalised }: Normalised, path: string): void {
  if (unnormalised.length < MAX_UNNORMALISED) unnormalised.push(path)
}

/** An empty text says nothing. */
function isGiven(value: JsonValue | undefined): value is JsonValue {
  return value !== undefined && value !== null && value !== ''
}

function objectAt(parent: JsonObject, name: string): JsonObject {
  const value = parent[name]
  return isJsonObject(value) ? value : {}
}

function nowhere(): null {
  return null
}
