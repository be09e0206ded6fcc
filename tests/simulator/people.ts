import type { Random } from './random.ts'
import { DAY_MS, NOW } from './world.ts'

/** What a client may send: a few people, who share browsers, an address and now and then an order. */
export function anEvent(
  random: Random,
  browsers: readonly string[],
  serial: number,
  isLong: boolean,
): Record<string, unknown> {
  const userId = random.chance(0.3) ? random.pick(['u', 'v']) : undefined
  const email = random.chance(0.25) ? random.pick(['x@example.com', 'y@example.com']) : undefined
  const odd = random.chance(0.1)
  return {
    type: 'track',
    event: odd
      ? 'Odd'
      : random.pick(['Order Completed', 'Order Completed', 'Product Viewed', 'Order Refunded']),
    messageId: `m${serial}`,
    ...(userId === undefined ? {} : { userId }),
    anonymousId: random.pick(browsers),
    timestamp: new Date(NOW - random.int(50) * (isLong ? 4 * DAY_MS : 1_000)).toISOString(),
    properties: { order_id: `o${random.int(6)}`, product_id: `p${random.int(3)}`, total: random.int(90) },
    context: { traits: { ...(email === undefined ? {} : { email }), shoe: random.int(50) } },
  }
}
