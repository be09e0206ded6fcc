import { normalizeCurrency } from '../currency.ts'
import { commerceMeaning, productEntries, productIdOf } from '../events/commerce.ts'
import type { Event } from '../events/event.ts'
import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from '../json.ts'
import { toMinorUnits } from '../money.ts'
import { normalisedEvent } from '../normalise/normalised-event.ts'
import type { ProductFields, ProductPatch, ProductState } from './product.ts'

/**
 * What a track event says about products: each entry of its `products` that has a name, and the event's own
 * properties when they name a product by `product_id` or `sku`. A price without a currency is in `currency` (ISO
 * 4217), and left out when that is not given. Refunds tell nothing: their prices are not what a product costs.
 */
export function productPatches(
  sent: Pick<Event, 'type' | 'name' | 'time' | 'key' | 'body' | 'meta'>,
  options: { currency?: string } = {},
): ProductPatch[] {
  const event = normalisedEvent(sent)
  const properties = event.body['properties']
  if (event.type !== 'track' || !isJsonObject(properties)) return []
  if (commerceMeaning(event) === 'refund') return []
  const currency = normalizeCurrency(properties['currency']) ?? options.currency ?? null
  const entries = productEntries(properties)
  if (isAboutOneProduct(properties)) entries.push(properties)

  const states = new Map<string, ProductState>()
  for (const entry of entries) {
    const fields = readFields(entry, currency)
    const id = fields === null ? null : productIdOf(entry)
    if (fields === null || id === null) continue
    states.set(id, { ...states.get(id), ...stamped(fields, event.time, event.key) })
  }
  return [...states].map(([id, state]) => ({ id, state }))
}

/** What two states say together: of each field the later by (time, key), in any order of merging. */
export function mergeProduct(a: ProductState, b: ProductState): ProductState {
  const merged: Record<string, Written> = { ...a }
  for (const [field, next] of Object.entries(b)) {
    const present = merged[field]
    if (present === undefined || isLater(next, present)) merged[field] = next
  }
  return merged
}

export function productView(state: ProductState): Partial<ProductFields> {
  return Object.fromEntries(Object.entries(state).map(([field, { value }]) => [field, value]))
}

type Written = { value: string | number | boolean; at: number; key: string }

/** Two writers of the same time and key can only be one that changed its mind: the greater value, so that all agree. */
function isLater(next: Written, present: Written): boolean {
  if (next.at !== present.at) return next.at > present.at
  if (next.key !== present.key) return next.key > present.key
  return canonicalJson(next.value) > canonicalJson(present.value)
}

function stamped(fields: Partial<ProductFields>, at: number, key: string): ProductState {
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, { value, at, key }]))
}

/** A bare `id` beside a `name` may be anything: a promotion, a coupon. Only entries of `products` may use it. */
function isAboutOneProduct(properties: JsonObject): boolean {
  return ['product_id', 'productId', 'sku'].some((field) => Object.hasOwn(properties, field))
}

const MAX_TITLE_LENGTH = 500
const MAX_CATEGORY_LENGTH = 200
const MAX_URL_LENGTH = 2_048

/** Null without a title: an entry that does not even name its product describes none. */
function readFields(entry: JsonObject, eventCurrency: string | null): Partial<ProductFields> | null {
  const title = shortText(entry['name'] ?? entry['title'], MAX_TITLE_LENGTH)
  if (title === null) return null
  const currency = normalizeCurrency(entry['currency']) ?? eventCurrency
  const price = currency === null ? null : minorPrice(entry['price'], currency)
  const url = webAddress(entry['url'])
  const image = webAddress(entry['image_url'] ?? entry['image'])
  const category = shortText(entry['category'], MAX_CATEGORY_LENGTH)
  const inStock = entry['in_stock'] ?? entry['inStock']
  return {
    title,
    ...(currency !== null && price !== null && { price, currency }),
    ...(url !== null && { url }),
    ...(image !== null && { image }),
    ...(category !== null && { category }),
    ...(typeof inStock === 'boolean' && { inStock }),
  }
}

function minorPrice(value: JsonValue | undefined, currency: string): number | null {
  if (typeof value !== 'number' && typeof value !== 'string') return null
  const price = toMinorUnits(value, currency)
  return price !== null && price >= 0 ? price : null
}

function shortText(value: JsonValue | undefined, maxLength: number): string | null {
  const text = typeof value === 'string' ? value.trim() : ''
  return text.length > 0 && text.length <= maxLength ? text : null
}

/** Only what a mail client may be sent to: `javascript:` and the like never get into the catalogue. */
function webAddress(value: JsonValue | undefined): string | null {
  const text = shortText(value, MAX_URL_LENGTH)
  return text !== null && /^https?:\/\/[^\s\p{Cc}]+$/iu.test(text) ? text : null
}
