import type { Collection, Db } from 'mongodb'
import type { EventType } from '../../core/events/event.ts'
import type { PurchasePart } from '../../core/events/purchase.ts'
import type { OutboxEntry } from '../../core/profile/profile.ts'
import { boundReads } from './bounded-reads.ts'

/*
 * The documents as MongoDB keeps them. What people send, and what is folded from it, is JSON text: it comes back as it
 * was whatever its keys are called ("$set", "a.b") and however deep it is, costs one parse, and can never be read as an
 * operator. Fields that an index looks at are fields. What waits for work has a field that goes away when the work is
 * done, so that a partial index on it is as small as the work that waits.
 */

export interface EventRow {
  /** The event's key. */
  _id: string
  trail: string
  /** Order of arrival (arrival.ts). */
  arrival: string
  identity: string
  source: string
  messageId: string
  type: EventType
  name: string
  time: number
  receivedAt: number
  bodyHash: string
  /** JSON; absent when there are none. */
  pairs?: string
  /** Present until its pairs are recorded. */
  unlinked?: true
  /** JSON. */
  meta?: string
  /** JSON. */
  body: string
  attempt: number
  /** Present until its mark. */
  pending?: true
  /** Present while it is parked. */
  parked?: true
  trailVersion?: number
  error?: string
  foldVersion?: number
  /** What an order or a refund is about; absent on every other event. */
  purchase?: string
  purchasePart?: PurchasePart
}

export interface ConflictRow {
  /** The event's key and the hash of this other body, so that each body is kept once. */
  _id: string
  key: string
  trail: string
  arrival: string
  receivedAt: number
  /** JSON. */
  body: string
}

/** A document that is written by compare-and-set (compare-and-set.ts). */
export interface Contended {
  _id: string
  writers: string[]
}

export interface TrailRow extends Contended {
  identity: string
  home: string
  version: number
  foldVersion: number
  /** Present while its profile has not been materialised from this version. */
  dirty?: true
  /** JSON. */
  applied: string
  /** JSON. */
  state: string
}

export interface TrailBaseRow extends Contended {
  rev: number
  before: number
  version: number
  foldVersion: number
  /** JSON. */
  state: string
}

export interface SealedPurchaseRow extends Contended {
  trail: string
  ref: string
  rev: number
  /** JSON. */
  purchase: string
}

export interface ProfileRow extends Contended {
  rev: number
  version: number
  asOf: number
  /** Present on a tombstone. */
  mergedInto?: string
  nextChangeAt?: number
  /** Present while there is something in it. */
  outbox?: OutboxEntry[]
  /** What a destination was not told yet. */
  unpublished?: OutboxEntry
  terms: string[]
  /** JSON of view, rolling figures and basis. */
  document: string
}

export interface ProductRow extends Contended {
  rev: number
  version: number
  asOf: number
  outbox?: OutboxEntry[]
  /** JSON. */
  state: string
}

export interface IdentityKeyRow {
  /** The key. */
  _id: string
  home: string
  profileId: string
  seq: number
  since: number
  links: number
  userLinks: number
  merges: number
}

export interface PairDocument {
  _id: string
  low: string
  high: string
  event: string
  at: number
  /** Present until it is decided, for the first time or again. */
  pending?: true
  /** Present where the link joined nothing. */
  refused?: true
  first?: number
  batch?: number
  /** JSON. */
  decision?: string
}

export interface BatchDocument {
  /** The number of the batch. */
  _id: number
  at: number
  done: boolean
  /** JSON of answers, undos, moves, losers and gainers. */
  content: string
}

export interface UndoDocument {
  _id: string
  low: string
  high: string
  by: string
  at: number
  /** Present until a batch carries it out. */
  pending?: true
  batch?: number
}

export interface ApiKeyRow {
  _id: string
  name: string
  scopes: string[]
  secretHmac: string
  createdAt: number
  revokedAt: number | null
}

export interface ProgressRow {
  _id: string
  /** JSON. */
  content: string
}

export interface ProbeRow {
  _id: string
  writes: number
}

export interface Collections {
  events: Collection<EventRow>
  conflicts: Collection<ConflictRow>
  trails: Collection<TrailRow>
  trailBases: Collection<TrailBaseRow>
  sealedPurchases: Collection<SealedPurchaseRow>
  profiles: Collection<ProfileRow>
  products: Collection<ProductRow>
  identityKeys: Collection<IdentityKeyRow>
  pairs: Collection<PairDocument>
  batches: Collection<BatchDocument>
  undos: Collection<UndoDocument>
  apiKeys: Collection<ApiKeyRow>
  progress: Collection<ProgressRow>
  probes: Collection<ProbeRow>
}

/** The name of each collection in the database. */
export const COLLECTION_NAMES = {
  events: 'events',
  conflicts: 'event_conflicts',
  trails: 'trails',
  trailBases: 'trail_bases',
  sealedPurchases: 'sealed_purchases',
  profiles: 'profiles',
  products: 'products',
  identityKeys: 'identity_keys',
  pairs: 'identity_pairs',
  batches: 'identity_log',
  undos: 'identity_undos',
  apiKeys: 'api_keys',
  progress: 'progress',
  probes: 'probes',
} as const satisfies Record<keyof Collections, string>

/** Their reads are given up by the server after `maxReadMs`. */
export function openCollections(db: Db, maxReadMs: number): Collections {
  const opened = Object.entries(COLLECTION_NAMES).map(([key, name]) => [
    key,
    boundReads(db.collection(name), maxReadMs),
  ])
  return Object.fromEntries(opened) as Collections
}
