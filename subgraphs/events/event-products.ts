import { productEntries, productIdOf } from '../../core/events/commerce.ts'
import type { Event } from '../../core/events/event.ts'
import { normalizeCurrency } from '../../core/currency.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/json.ts'
import { normalisedEvent } from '../../core/normalise/normalised-event.ts'
import { lineTotal, toMinorUnits } from '../../core/money.ts'

/** An entry of an event's `products`, or what the event's own properties say of one product. Amounts in minor units. */
export interface ProductEntry {
  productId: string
  title: string | null
  /** Null when the event does not say. */
  quantity: number | null
  price: number | null
  /** Of a quantity of one, when the event does not say. */
  total: number | null
  currency: string
}

/** The first `limit` products that a track names, in its order; entries without a product id left out. */
export function productsOf(sent: Event, defaultCurrency: string, limit = Infinity): ProductEntry[] {
  const event = normalisedEvent(sent)
  const currency = normalizeCurrency(propertiesOf(event)['currency']) ?? defaultCurrency
  return namedEntries(event)
    .slice(0, limit)
    .map(({ productId, entry }) => toProductEntry(productId, entry, currency))
}

export function countProducts(event: Event): number {
  return namedEntries(event).length
}

/** The entries of `products`; without any, the properties themselves when they name a product. */
function namedEntries(event: Event): { productId: string; entry: JsonObject }[] {
  if (event.type !== 'track') return []
  const properties = propertiesOf(event)
  const listed = productEntries(properties).flatMap(withId)
  const namesItself = NAMING_PROPERTIES.some((name) => Object.hasOwn(properties, name))
  return listed.length === 0 && namesItself ? withId(properties) : listed
}

function withId(entry: JsonObject): { productId: string; entry: JsonObject }[] {
  const productId = productIdOf(entry)
  return productId === null ? [] : [{ productId, entry }]
}

/** What a sender said with the event: its traits for an identify or group, else its properties. */
export function propertiesOf(event: Event): JsonObject {
  const said = event.type === 'identify' || event.type === 'group' ? 'traits' : 'properties'
  const properties = event.body[said]
  return isJsonObject(properties) ? properties : {}
}

/** Among the properties of an event a bare `id` may be anything; only an entry of `products` may use it. */
const NAMING_PROPERTIES = ['product_id', 'productId', 'sku']

function toProductEntry(productId: string, entry: JsonObject, eventCurrency: string): ProductEntry {
  const currency = normalizeCurrency(entry['currency']) ?? eventCurrency
  const quantity = decimal(entry['quantity'])
  const price = decimal(entry['price'])
  const title = entry['name'] ?? entry['title']
  return {
    productId,
    title: typeof title === 'string' && title.trim() !== '' ? title.trim() : null,
    quantity: quantity === null ? null : Number(quantity),
    price: price === null ? null : toMinorUnits(price, currency),
    total: price === null ? null : lineTotal(quantity ?? 1, price, currency),
    currency,
  }
}

/** As sent, since amounts are computed exactly from the decimal; null for what is no number. */
function decimal(value: JsonValue | undefined): number | string | null {
  if (typeof value === 'number') return value
  return typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) ? value : null
}
