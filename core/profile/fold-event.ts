import { commerceMeaning, orderAmount, productEntries, productIdOf, propertyId } from '../events/commerce.ts'
import type { Event } from '../events/event.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'
import { dictionary, joinOrder, joinRefund, joinTrait, see, touch, type Draft } from './draft.ts'

/** Puts what one event says into the draft. `currency` is that of amounts that come without one. */
export function foldEvent(draft: Draft, event: Event, currency: string): void {
  draft.events += 1
  see(draft, event.time)
  draft.recent.push({ key: event.key, type: event.type, name: event.name, time: event.time })
  foldTraits(draft, event)
  const meaning = commerceMeaning(event)
  const properties = event.body['properties']
  if (meaning === null || !isJsonObject(properties)) return
  if (meaning === 'order') foldOrder(draft, event, properties, currency)
  if (meaning === 'refund') foldRefund(draft, event, properties, currency)
  if (meaning === 'view' || meaning === 'cart') {
    touchProduct(draft.viewed, properties, event.time)
    ;(meaning === 'view' ? draft.views : draft.carts).push(event.time)
  }
}

/** Of an event's two places the person's own, `identify.traits`, goes before `context.traits`. */
function foldTraits(draft: Draft, event: Event): void {
  const context = event.body['context']
  const known = isJsonObject(context) ? context['traits'] : undefined
  const own = event.type === 'identify' ? event.body['traits'] : undefined
  if (!isJsonObject(known) && !isJsonObject(own)) return
  const traits = dictionary<JsonValue>({
    ...(isJsonObject(known) ? known : {}),
    ...(isJsonObject(own) ? own : {}),
  })
  for (const [field, value] of Object.entries(traits)) {
    joinTrait(draft, field, { value, at: event.time, key: event.key })
  }
}

function foldOrder(draft: Draft, event: Event, properties: JsonObject, defaultCurrency: string): void {
  const { amount, currency } = orderAmount(properties, defaultCurrency)
  joinOrder(draft, orderIdOf(properties) ?? event.key, {
    gross: amount ?? 0,
    currency,
    orderedAt: event.time,
    at: amount === null ? -1 : event.time,
    key: event.key,
  })
  for (const entry of productEntries(properties)) touchProduct(draft.bought, entry, event.time)
}

/** A refund's amount counts the same whether it is sent as 25.5 or as -25.5. */
function foldRefund(draft: Draft, event: Event, properties: JsonObject, defaultCurrency: string): void {
  const { amount, currency } = orderAmount(properties, defaultCurrency)
  const orderId = orderIdOf(properties)
  joinRefund(draft, propertyId(properties['refund_id']) ?? orderId ?? event.key, {
    amount: amount === null ? null : Math.abs(amount),
    currency,
    at: event.time,
    key: event.key,
    ...(amount === null && orderId !== null && { orderId }),
  })
}

function orderIdOf(properties: JsonObject): string | null {
  return propertyId(properties['order_id']) ?? propertyId(properties['orderId'])
}

function touchProduct(touched: Record<string, number>, entry: JsonObject, at: number): void {
  const id = productIdOf(entry)
  if (id !== null) touch(touched, id, at)
}
