import type { EventKey } from '../events/event.ts'
import type { OutboxEntry } from '../profile/profile.ts'

/** The fields of a product that events and imports can tell. */
export interface ProductFields {
  title: string
  /** Integer minor units of `currency`. */
  price: number
  currency: string
  url: string
  image: string
  category: string
  inStock: boolean
}

/** Last writer by (time, key) for each field by itself: merging in any order gives the same product. */
export type ProductState = {
  [F in keyof ProductFields]?: { value: ProductFields[F]; at: number; key: EventKey }
}

/** What one event or one imported row says about a product. */
export interface ProductPatch {
  id: string
  state: ProductState
}

export interface ProductDocument {
  id: string
  rev: number
  version: number
  asOf: number
  state: ProductState
  outbox: OutboxEntry[]
}
