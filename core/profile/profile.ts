import type { EventKey, EventType, TrailId } from '../events/event.ts'
import type { PurchaseRef } from '../events/purchase.ts'
import type { ExactSum } from '../exact-sum.ts'
import type { IdentityKey, ProfileId } from '../identity/identity-key.ts'
import type { JsonValue } from '../json.ts'

/**
 * What is known from a set of events. Every part is a join (sums over disjoint events, last writer by (time, event
 * key), minimum, maximum, union, bounded lists in time order), so states combine in any order to the same result.
 *
 * It is bounded, whatever the number of events: `StateLimits` says by what. Of what is older only sums are kept here;
 * the events themselves tell the rest.
 */
export interface ProfileState {
  /** Number of events. */
  events: number
  firstSeenAt: number | null
  lastSeenAt: number | null
  /** The fields that were said last, at most `limits.traits`. */
  traits: Record<string, TraitState>
  /** The purchases that were heard of last, by (heardAt, ref), at most `limits.purchases`. */
  purchases: Record<PurchaseRef, Purchase>
  /** By ISO 4217 code, at most `limits.currencies`: when order events in it happened. */
  currencies: Record<string, CurrencyState>
  settled: SettledState
  /** Product id to when it was last bought or viewed: the newest PRODUCTS_KEPT of each. */
  bought: Record<string, number>
  viewed: Record<string, number>
  /** When products were looked at, and when they were put into the cart: at most `limits.activity`, newest first. */
  views: number[]
  carts: number[]
  /** The newest RECENT_KEPT events, newest first by (time, key). */
  recent: RecentEvent[]
  /** Whether more was sent than is kept, of what is not summed up. */
  omitted: { traits: boolean; currencies: boolean }
}

/** How much a state keeps one by one. */
export interface StateLimits {
  purchases: number
  activity: number
  traits: number
  currencies: number
}

export interface CurrencyState {
  /** The earliest order event in this currency; null when there were only refunds. */
  first: number | null
  /** The latest one that made an order, as its name says (not "Order Updated"). */
  last: number | null
}

/** What is not kept one by one any more. */
export interface SettledState {
  purchases: number
  /** By currency. */
  sums: Record<string, PurchaseSums>
  /** By day (whole days since 1970, UTC), as far back as rolling figures look. */
  days: Record<number, DayFigures>
}

/** Exact sums over purchases, in minor units. */
export interface PurchaseSums {
  orders: number
  gross: ExactSum
  refunds: number
  refunded: ExactSum
}

export interface DayFigures {
  views: number
  carts: number
  sums: Record<string, PurchaseSums>
}

export interface TraitState {
  value: JsonValue
  at: number
  key: EventKey
  /** Present, beside a null, when the value was too long to be kept: how many characters of JSON it had. */
  chars?: number
}

/**
 * What is known of one order with its refund, or of one refund with an id of its own, from the events that name it:
 * a join of them, so it is the same in any order and however often one is counted.
 */
export interface Purchase {
  /** Absent while no order event has named it. */
  order?: OrderState
  /** Absent while no refund event has named it. */
  refund?: RefundState
  /** The latest time of an event that named it. */
  heardAt: number
}

/** Amounts are integer minor units of `currency` (ISO 4217). */
export interface OrderState {
  /** Null while no event told an amount. */
  gross: number | null
  currency: string
  /** The earliest time of an event about this order. */
  orderedAt: number
  /** The time and key of the event that the amount comes from: the last writer. */
  at: number
  key: EventKey
}

export interface RefundState {
  /** Null when no amount was told: the whole of the order. */
  amount: number | null
  currency: string
  at: number
  key: EventKey
}

export interface RecentEvent {
  key: EventKey
  type: EventType
  name: string
  time: number
}

/** What happened within one window of time. Money in integer minor units, by ISO 4217 currency. */
export interface RollingFigures {
  orders: Record<string, number>
  /** Gross of the orders less the refunds of the window. */
  revenue: Record<string, number>
  views: number
  carts: number
}

/** Rolling figures at one instant, by the days of their window, and when they next change by themselves. */
export interface RollingView {
  windows: Record<number, RollingFigures>
  nextChangeAt: number | null
}

/** What a reader of the graph can see of a profile; derived from its state and its keys, kept in the profile document. */
export interface ProfileView {
  identities: IdentityKey[]
  firstSeenAt: number | null
  lastSeenAt: number | null
  eventCount: number
  /** Values only; `email`, `firstName`, `lastName`, `locale` are resolved from here. */
  traits: Record<string, JsonValue>
  /** By ISO 4217 currency. */
  metrics: Record<string, MetricsView>
  /** Newest first, at most RECENT_ORDERS_KEPT. */
  recentOrders: RecentOrder[]
  /** Product ids, newest first. */
  bought: ProductTouch[]
  viewed: ProductTouch[]
  recent: RecentEvent[]
  /** What was sent and is not kept: `traits`, `traits.<field>`, `currencies`. Absent when all is. */
  omitted?: string[]
}

/** Amounts are integer minor units. */
export interface MetricsView {
  orders: number
  grossRevenue: number
  refunded: number
  firstOrderAt: number | null
  lastOrderAt: number | null
}

export interface RecentOrder {
  orderId: string
  key: EventKey
  orderedAt: number
  gross: number
  currency: string
}

export interface ProductTouch {
  productId: string
  at: number
}

/** A change that the feed tells: which versions it covers and which parts of the graph it touched. */
export interface OutboxEntry {
  /** First and last version covered; equal for a single change, a range once an outbox has collapsed. */
  from: number
  version: number
  /** Names of the graph's fields that changed; empty when the outbox has collapsed. */
  changed: string[]
  at: number
}

/** The document of one profile. */
export interface ProfileDocument {
  id: ProfileId
  /** Rises with every write; what compare-and-set is on. */
  rev: number
  /** Rises by one with every change that a reader can see. */
  version: number
  asOf: number
  view: ProfileView
  /** Figures that time changes, at `asOf`; they hold until `nextChangeAt`. */
  rolling: RollingView['windows']
  /** Which rows and trails it was combined from. */
  basis: ProfileBasis
  /** Present on a tombstone: the profile that its own key now belongs to. */
  mergedInto: ProfileId | null
  /** The next instant at which something changes without an event; null when nothing does. */
  nextChangeAt: number | null
  outbox: OutboxEntry[]
  /** What a destination was not told yet, as one change; null when it was told all, and where there is no destination. */
  unpublished: OutboxEntry | null
}

export interface ProfileBasis {
  /** The highest sequence of an identity row ever seen. */
  seq: number
  trails: Record<TrailId, number>
}
