import type { Event, TrailId } from '../core/events/event.ts'
import type { IdentityKey } from '../core/identity/identity-key.ts'
import type { LinkRecord } from '../core/identity/identity-log.ts'
import type { ProductDocument } from '../core/products/product.ts'
import type { ProfileDocument } from '../core/profile/profile.ts'
import type { EventConflict } from '../storage/ports.ts'

/*
 * What a resolver is given as the parent of each type that is not answered field by field from an object of the same
 * shape. The generated resolver types name these.
 */

export type ProfileModel = ProfileDocument
export type IdentityModel = IdentityKey
export type IdentityLinkModel = LinkRecord
/** A profile that is read when it is asked for. */
export interface ProfileVersionModel {
  id: string
  version: number
}
/** Figures in one currency, with whose they are: rolling ones may have to be read anew. */
export interface MetricsModel {
  profile: ProfileDocument
  currency: string
  orders: number
  grossRevenue: MoneyModel
  refunded: MoneyModel
  revenue: MoneyModel
  averageOrderValue: MoneyModel | null
  firstOrderAt: number | null
  lastOrderAt: number | null
  rfm: { recencyDays: number | null; frequency: number; monetary: MoneyModel }
}

/** Integer minor units. */
export interface MoneyModel {
  amount: number
  currency: string
}

export type ProductModel = ProductDocument
export type EventModel = Event
export type EventConflictModel = EventConflict

/** An entity of which only the id is known here: another subgraph, or a loader when it comes to that, has the rest. */
export interface EntityReference {
  id: string
}

/** An edge whose node has been read. */
export interface Edge<Node> {
  cursor: string
  node: Node
}

/** A page that has been read. */
export interface Page<Node> {
  edges: Edge<Node>[]
  hasNextPage: boolean
  hasPreviousPage: boolean
}

/** Keeps what its total is counted from: counting waits until somebody asks. */
export interface ProfilePage extends Page<ProfileModel> {
  prefixes: readonly string[]
}

export interface EventPage extends Page<EventModel> {
  trails: readonly TrailId[]
  names: readonly string[] | null
}
