import { isJsonObject, type JsonObject } from '../json.ts'
import { commerceMeaning, orderAmount, propertyId } from './commerce.ts'
import type { Event } from './event.ts'

/**
 * What an order event or a refund event is about: `o:<order id>`, or `r:<refund id>` for a refund that has an id and
 * an amount of its own. Events with the same one amend each other.
 */
export type PurchaseRef = string

/** `order`: one that told an amount; `mention`: one that told none; `refund`. */
export type PurchasePart = 'order' | 'mention' | 'refund'

export interface PurchaseEvent {
  ref: PurchaseRef
  part: PurchasePart
}

/**
 * Null for every other event. Found from the event as it was sent, whatever was normalised and configured, so that the
 * log can be asked for it for ever. A refund without an amount is about its order, of which it takes back all.
 */
export function purchaseOf(event: Pick<Event, 'key' | 'type' | 'name' | 'body'>): PurchaseEvent | null {
  const meaning = commerceMeaning(event)
  if (meaning !== 'order' && meaning !== 'refund') return null
  const properties = event.body['properties']
  if (!isJsonObject(properties)) return null
  const orderId = orderIdOf(properties)
  const told = orderAmount(properties, ANY_CURRENCY).amount !== null
  if (meaning === 'order') return { ref: `o:${orderId ?? event.key}`, part: told ? 'order' : 'mention' }
  const refundId = propertyId(properties['refund_id'])
  const own = refundId !== null && (told || orderId === null)
  return { ref: own ? `r:${refundId}` : `o:${orderId ?? event.key}`, part: 'refund' }
}

/** The id of the order that the properties name. */
export function orderIdOf(properties: JsonObject): string | null {
  return propertyId(properties['order_id']) ?? propertyId(properties['orderId'])
}

/** Whether an amount was told does not depend on the currency that those without one are in. */
const ANY_CURRENCY = 'USD'
