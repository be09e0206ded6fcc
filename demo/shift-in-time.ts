import { hash128 } from '../core/hash.ts'
import type { JsonObject } from '../core/json.ts'
import type { ProductPatch, ProductState } from '../core/products/product.ts'
import type { DemoEvent, DemoProduct } from './demo-format.ts'

const MINUTE_MS = 60_000
const DAY_MS = 86_400_000

/** When the newest order is to have been: moved by whole days, so at its own time of day, within the last day. */
export function demoEpoch(newestInSource: number, now: number): number {
  return newestInSource + Math.floor((now - newestInSource) / DAY_MS) * DAY_MS
}

/** The event as a producer would have sent it. */
export function segmentEvent(event: DemoEvent, newestAt: number): JsonObject {
  const { ago, ...rest } = event
  return { ...rest, timestamp: new Date(newestAt - ago * MINUTE_MS).toISOString() }
}

export function productPatch(product: DemoProduct, newestAt: number): ProductPatch {
  const at = newestAt - product.ago * MINUTE_MS
  const key = hash128(`demo product ${product.id}`)
  const state: ProductState = {
    title: { value: product.title, at, key },
    price: { value: product.price, at, key },
    currency: { value: product.currency, at, key },
    ...(product.inStock === false && { inStock: { value: false, at, key } }),
  }
  return { id: product.id, state }
}
