import { normalizeCurrency } from '../currency.ts'
import { UNSAFE_TEXT } from '../identity/identity-value.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'
import { lineTotal, toMinorUnits } from '../money.ts'
import type { Event } from './event.ts'

/** What a track event means for a customer's figures: a product was looked at (`view`) or put into the cart (`cart`). */
export type CommerceMeaning = 'order' | 'refund' | 'view' | 'cart'

/**
 * By the event's name, in Segment's e-commerce spec, its older order of words and the spellings in use: case, spaces,
 * dashes and underscores make no difference. Null for everything else.
 */
export function commerceMeaning(event: Pick<Event, 'type' | 'name'>): CommerceMeaning | null {
  if (event.type !== 'track') return null
  const known = MEANINGS.get(event.name)
  return known ?? MEANINGS.get(withoutCase(event.name)) ?? null
}

/** Whether an order event is about an order that was made before, by its name. */
export function isAmendment(event: Pick<Event, 'name'>): boolean {
  return AMENDMENTS.has(withoutCase(event.name))
}

/** What an order or a refund amounts to, in minor units of its currency; `amount` null when no event field says. */
export interface OrderAmount {
  amount: number | null
  currency: string
}

/** The `total`, else the `revenue`, else the lines (`products: [{ quantity = 1, price }]`), each rounded by itself. */
export function orderAmount(properties: JsonObject, defaultCurrency: string): OrderAmount {
  const currency = normalizeCurrency(properties['currency']) ?? defaultCurrency
  const amount =
    minorUnits(properties['total'], currency) ??
    minorUnits(properties['revenue'], currency) ??
    linesAmount(properties['products'], currency)
  return { amount, currency }
}

/** The objects among `properties.products`. */
export function productEntries(properties: JsonObject): JsonObject[] {
  const products = properties['products']
  return Array.isArray(products) ? products.filter(isJsonObject) : []
}

/** The product that an entry of `products`, or the properties of an event about one product, are about. */
export function productIdOf(entry: JsonObject): string | null {
  return (
    propertyId(entry['product_id']) ??
    propertyId(entry['productId']) ??
    propertyId(entry['sku']) ??
    propertyId(entry['id'])
  )
}

/** An id among the properties, as text; null when there is none that can be kept. */
export function propertyId(value: JsonValue | undefined): string | null {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  if (typeof value !== 'string') return null
  const id = value.trim()
  return id.length > 0 && id.length <= MAX_PROPERTY_ID_LENGTH && !UNSAFE_TEXT.test(id) ? id : null
}

export const MAX_PROPERTY_ID_LENGTH = 200

/** As Segment's spec writes them, with the older order of words and other words in use. */
const NAMES: readonly (readonly [CommerceMeaning, readonly string[]])[] = [
  ['order', ['Order Completed', 'Completed Order', 'Order Placed', 'Placed Order']],
  ['order', ['Order Updated', 'Updated Order']],
  ['refund', ['Order Refunded', 'Refunded Order']],
  ['refund', ['Order Cancelled', 'Cancelled Order', 'Order Canceled', 'Canceled Order']],
  ['view', ['Product Viewed', 'Viewed Product']],
  ['cart', ['Product Added', 'Added Product', 'Product Added to Cart', 'Added to Cart']],
]

const AMENDMENTS: ReadonlySet<string> = new Set(['orderupdated', 'updatedorder'])

function withoutCase(name: string): string {
  return name.toLowerCase().replace(/[\s_.:-]+/g, '')
}

/** Each name as it is written here, so that most events need no rewriting, and without case and separators. */
const MEANINGS: ReadonlyMap<string, CommerceMeaning> = new Map(
  NAMES.flatMap(([meaning, names]) =>
    names.flatMap((name) =>
      [name, name.toLowerCase().replaceAll(' ', '')].map((key) => [key, meaning] as const),
    ),
  ),
)

function minorUnits(value: JsonValue | undefined, currency: string): number | null {
  return typeof value === 'number' || typeof value === 'string' ? toMinorUnits(value, currency) : null
}

function linesAmount(products: JsonValue | undefined, currency: string): number | null {
  if (!Array.isArray(products)) return null
  let amount: number | null = null
  for (const entry of products) {
    const total = isJsonObject(entry) ? lineAmount(entry, currency) : null
    if (total !== null) amount = (amount ?? 0) + total
  }
  return Number.isSafeInteger(amount) ? amount : null
}

/** Null for a line without a price, or whose quantity or price is no number. */
function lineAmount(line: JsonObject, currency: string): number | null {
  const price = line['price']
  const quantity = line['quantity'] ?? 1
  if (typeof price !== 'number' && typeof price !== 'string') return null
  if (typeof quantity !== 'number' && typeof quantity !== 'string') return null
  return lineTotal(quantity, price, currency)
}
