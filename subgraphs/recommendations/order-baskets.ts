import { commerceMeaning, productEntries, productIdOf, propertyId } from '../../core/events/commerce.ts'
import type { Event } from '../../core/events/event.ts'
import { normalisedEvent } from '../../core/normalise/normalised-event.ts'
import { isJsonObject } from '../../core/json.ts'

/** An order as the basket index takes it. */
export interface OrderBasket {
  /** One for all events of an order: its order id, where the shop gave one. */
  order: string
  productIds: string[]
  at: number
}

const SPELLED = [
  'Order Completed',
  'Completed Order',
  'Order Placed',
  'Placed Order',
  'Order Updated',
  'Updated Order',
]

/** Names by which order events are found in the log: as Segment spells them, in lower case, and with underscores. */
export const ORDER_EVENT_NAMES: readonly string[] = SPELLED.flatMap((name) => [
  name,
  name.toLowerCase(),
  name.toLowerCase().replace(' ', '_'),
])

/** Null for an event that is no order, or that amends one without naming its products. */
export function orderBasket(sent: Event): OrderBasket | null {
  const event = normalisedEvent(sent)
  const properties = event.body['properties']
  if (commerceMeaning(event) !== 'order' || !isJsonObject(properties)) return null
  const productIds = productEntries(properties)
    .map(productIdOf)
    .filter((id) => id !== null)
  if (productIds.length === 0) return null
  const orderId = propertyId(properties['order_id']) ?? propertyId(properties['orderId'])
  return { order: orderId === null ? `event:${event.key}` : `order:${orderId}`, productIds, at: event.time }
}
