import {
  commerceMeaning,
  isAmendment,
  orderAmount,
  productEntries,
  productIdOf,
  type OrderAmount,
} from '../events/commerce.ts'
import type { Event } from '../events/event.ts'
import type { PurchaseEvent } from '../events/purchase.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'
import { dictionary, joinPurchase, sayTrait, see, tellCurrency, touch, type Draft } from './draft.ts'

/**
 * Puts what one event says into the draft. `purchase` is what it is about as it was sent; `currency` is that of amounts
 * that come without one.
 */
export function foldEvent(
  draft: Draft,
  event: Event,
  purchase: PurchaseEvent | null,
  currency: string,
): void {
  draft.events += 1
  see(draft, event.time)
  draft.recent.push({ key: event.key, type: event.type, name: event.name, time: event.time })
  foldTraits(draft, event)
  const meaning = commerceMeaning(event)
  const properties = event.body['properties']
  if (meaning === null || !isJsonObject(properties)) return
  if (purchase !== null) foldPurchase(draft, event, purchase, orderAmount(properties, currency))
  if (meaning === 'order') {
    for (const entry of productEntries(properties)) touchProduct(draft.bought, entry, event.time)
  }
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
    sayTrait(draft, field, { value, at: event.time, key: event.key })
  }
}

/** A refund's amount counts the same whether it is sent as 25.5 or as -25.5. */
function foldPurchase(
  draft: Draft,
  event: Event,
  { ref, part }: PurchaseEvent,
  { amount, currency }: OrderAmount,
): void {
  const { key, time: at } = event
  tellCurrency(
    draft,
    currency,
    part === 'refund' ? null : at,
    part === 'refund' || isAmendment(event) ? null : at,
  )
  if (part === 'refund') {
    const refund = { amount: amount === null ? null : Math.abs(amount), currency, at, key }
    joinPurchase(draft, ref, { refund, heardAt: at })
  } else {
    const order = { gross: part === 'order' ? (amount ?? 0) : null, currency, orderedAt: at, at, key }
    joinPurchase(draft, ref, { order, heardAt: at })
  }
}

function touchProduct(touched: Record<string, number>, entry: JsonObject, at: number): void {
  const id = productIdOf(entry)
  if (id !== null) touch(touched, id, at)
}
