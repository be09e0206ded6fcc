import type { JsonObject } from '../core/json.ts'

/** The files of the demo, made by scripts/make-demo.ts and read by load-demo.ts; `.gz` is NDJSON under gzip. */
export const DEMO_FILES = {
  manifest: 'manifest.json',
  events: 'events.ndjson.gz',
  catalogue: 'catalogue.ndjson.gz',
  featured: 'featured.json',
} as const

export interface DemoManifest {
  /** RFC 3339: the newest order or refund as the source has it; what every `ago` counts from. */
  newest: string
  customers: number
  events: number
  products: number
}

/** A Segment-shaped event whose `timestamp` is still to be set. */
export interface DemoEvent extends JsonObject {
  /** Whole minutes before the newest order or refund; never negative. */
  ago: number
  type: 'identify' | 'track'
  messageId: string
}

export interface DemoProduct {
  id: string
  title: string
  /** Integer minor units of `currency`. */
  price: number
  currency: string
  /** Whole minutes before the newest order or refund at which it was last sold like that. */
  ago: number
  /** Absent on goods; false on postage, samples and the like, which nobody wants recommended. */
  inStock?: false
}

/** Somebody who makes a good first sight. */
export interface FeaturedCustomer {
  userId: string
  name: string
  country: string
  orders: number
}
