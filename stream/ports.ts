/*
 * What Monogram asks of whatever carries changes from process to process and holds what processes share. All of it can
 * be rebuilt from the store: losing it means gaps that are told, reads that go to the store, and limits that start anew.
 */
export interface Stream extends AsyncDisposable {
  readonly feed: ChangeFeed
  readonly entityCache: EntityCacheStore
  readonly leases: Leases
  readonly rateLimits: RateLimits
  readonly hints: Hints
  /**
   * Says to whom it belongs, by names and what each is for this process. Resolves with the name for which another process
   * has said something else, since when nothing was lost; null when there is none, or nobody can be asked now.
   */
  claim(owner: Readonly<Record<string, string>>): Promise<string | null>
}

/** A change of an entity, as the relay tells it and every consumer sees it. */
export interface Change {
  entity: 'Profile' | 'Product'
  id: string
  /** First and last version covered: a range when several changes were told as one. */
  from: number
  version: number
  /** The graph's fields that changed; empty when not known. */
  changed: readonly string[]
  /** Epoch milliseconds of the newest change covered. */
  at: number
  /** For a profile that has become a tombstone: where its own key went. */
  mergedInto?: string
  /** That nothing of it may be left anywhere, be it only to stand in for it when it cannot be read. */
  erased?: true
}

/**
 * Where a consumer is in a partition of the feed. `n` rises by one with each change of an epoch; another epoch means
 * that the feed itself lost something. An epoch is a decimal number: of two epochs the larger is the later.
 */
export interface Position {
  epoch: string
  n: number
}

/** That a change is in the feed, or was there already: in which partition, and in which epoch of it. */
export interface Appended {
  partition: number
  epoch: string
}

/** What a subscriber takes next: a change, or word that changes may have been missed and the state must be read. */
export type FeedMessage =
  | { kind: 'change'; change: Change; partition: number; position: Position }
  /** Of all partitions, without a position, when the subscriber fell behind its own bound: the next change has one. */
  | { kind: 'gap'; partition: number | 'all'; position: Position | null }

/** What a consumer takes besides that keeps things which are true only while it hears of every change. */
export type LiveFeedMessage =
  | FeedMessage
  /** From here on every change is told: before it, nothing may be kept. Told once for each partition, or once for all. */
  | { kind: 'attached'; partition: number | 'all'; position: Position | null }
  /** The feed cannot be read: changes come later, or as a gap. */
  | { kind: 'lost' }
  /** It can be read again, and what was missed has been told before this. */
  | { kind: 'back' }

/**
 * The change feed: at least once, in order for an entity. Consumers drop `version <= last` and take
 * `from > last + 1` as a gap. It holds nothing that cannot be rebuilt from the store.
 */
export interface ChangeFeed extends AsyncDisposable {
  readonly partitions: number
  /** The partition of everything that concerns this entity, from 0. */
  partitionOf(type: string, id: string): number
  /**
   * Appends each change and, in the same step, raises its entity's fence in the entity cache, renews its token and drops
   * its values. A change at or below the fence is in the feed already and not appended again. Resolves when every
   * subscriber will see the changes, in the order given; null for one of which that is not known, and which is to be
   * appended again. Rejects when nothing is known of any.
   */
  append(changes: readonly Change[]): Promise<(Appended | null)[]>
  /**
   * How long after `append` an answer of `stillHeld` is worth something: longer than it takes until a server that was
   * cut off from its replicas is given up. 0 when nothing that was appended can be lost unnoticed.
   */
  readonly secondLookMs: number
  /** Whether each is still in the feed that consumers read; false, or a rejection: append it again. */
  stillHeld(appended: readonly Appended[]): Promise<boolean[]>
  /**
   * Begins at once, before the first `next()`: nothing appended after this call is missed. A subscriber that does
   * not keep up with its bound gets one `gap` in place of what was dropped. Ends when the feed is disposed of, when
   * `return()` is called, or when the signal aborts.
   */
  subscribe(options: FeedSubscription & { liveness: true }): AsyncIterableIterator<LiveFeedMessage>
  subscribe(options: FeedSubscription): AsyncIterableIterator<FeedMessage>
}

export interface FeedSubscription {
  /** Only changes of this type; of all types when absent. */
  entity?: Change['entity']
  /** Only this entity; all of that type when absent. */
  id?: string
  maxQueued: number
  signal?: AbortSignal
}

/** An entity as one subgraph knows it. */
export interface EntityRef {
  subgraph: string
  type: string
  id: string
}

/** Fields of an entity, read from one document of the store at one version. */
export interface CachedEntry {
  /** Of the entity: to be compared with the one that was asked for. */
  id: string
  /** 0: absent, or of a type without versions. */
  version: number
  /** By field key (name and canonical arguments): JSON text as `JSON.stringify` writes it, on one line. */
  fields: Readonly<Record<string, string>>
  /** Epoch milliseconds; of the oldest of fields that were put together. */
  storedAt: number
  /** Epoch milliseconds after which it is not fresh; of fields that were put together the earliest. */
  expiresAt: number
  /**
   * That there is no such entity: it has no fields then. No subgraph tells the version of what is not there, so it is as of
   * a fence that its reader knows, and nothing but the token keeps it from outliving a creation.
   */
  isAbsent?: true
}

export interface CacheRead {
  entity: EntityRef
  /** Who may see it, and in which shape: the class of authorization and the hash of the schema. */
  class: string
  fields: readonly string[]
}

export interface CacheReadResult {
  /** Those of the fields that are held, all at one version, also after `expiresAt`; null when none is, unless it is known to be absent. */
  entry: CachedEntry | null
  /** What a fill needs: given with a miss, and with a hit that may be filled anew. Null: nothing may be filled. */
  token: string | null
  /** No entry below this version is held; 0 when none is known. */
  fence: number
}

export interface CacheFill {
  entity: EntityRef
  class: string
  token: string
  entry: CachedEntry
}

/**
 * The level of the entity cache that processes share. Fence, token and values of an entity are kept and lost together.
 * A token holds until the entity changes (`ChangeFeed.append`), its entry is lost, or the feed has another epoch. A
 * process that is not attached to the feed gets misses without token.
 */
export interface EntityCacheStore {
  /** One round trip for many. Never rejects: what cannot be read in time is a miss without token. */
  read(reads: readonly CacheRead[], options?: { timeoutMs?: number }): Promise<CacheReadResult[]>
  /**
   * Keeps each whose token holds and whose version is not below the fence; false for every other. Fields of the same
   * version are put together, those of a newer one replace, those of an older one are refused. Never rejects.
   */
  fill(fills: readonly CacheFill[]): Promise<boolean[]>
}

/** Leases save work and exclude nobody: what a holder writes is guarded by its own compare-and-set, or by the token. */
export interface Leases {
  /** Null when somebody else holds it. Rejects when that cannot be known. */
  acquire(name: string, ttlMs: number): Promise<Lease | null>
  /**
   * Takes a place in a roster, or keeps it for another `ttlMs` from now, and answers all who have one, this member
   * included, in the order in which they came. One call costs the same however many there are, but for what it answers.
   * Rejects when that cannot be known.
   */
  join(roster: string, member: RosterMember, ttlMs: number): Promise<readonly RosterMember[]>
  /** Gives the place back at once. Never rejects: one that cannot be given back ends by itself. */
  leave(roster: string, id: string): Promise<void>
}

export interface RosterMember {
  /** Of this member alone, for as long as it lives. */
  id: string
  /** What it wants the others to know. */
  note: string
}

export interface Lease {
  /** Larger than that of every earlier holder of this name. */
  readonly token: number
  /** For another `ttlMs` from now; false when it is held no more. Rejects when that cannot be known. */
  renew(): Promise<boolean>
  /** Lets others have it at once. Never rejects: a lease that cannot be given back ends by itself. */
  release(): Promise<void>
}

export interface RateLimit {
  /** How much a bucket holds. */
  capacity: number
  refillPerSecond: number
}

export interface RateLimitResult {
  allowed: boolean
  /** What is left in the bucket, rounded down. */
  remaining: number
  /** After which `cost` is there again; 0 when it was allowed. Infinity when the bucket never holds as much. */
  retryAfterMs: number
}

/** Token buckets that processes share. */
export interface RateLimits {
  /** Takes `cost` out of the bucket when that much is in it. Never rejects: a bucket of this process stands in. */
  take(key: string, cost: number, limit: RateLimit): Promise<RateLimitResult>
}

/** Word that there is work, to whoever listens now: it may be lost, so whoever listens polls as well. */
export interface Hints {
  /** Returns at once. */
  send(topic: string): void
  subscribe(topic: string, onHint: () => void): Disposable
}
