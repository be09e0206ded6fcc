import type { ApiKeyRecord } from '../core/access/principal.ts'
import type { Event, EventKey, TrailId } from '../core/events/event.ts'
import type { PurchaseRef } from '../core/events/purchase.ts'
import type {
  IdentityBatch,
  IdentityRow,
  IdentityUndo,
  LinkAnswer,
  LinkRecord,
  PairRow,
  UndoRecord,
} from '../core/identity/identity-log.ts'
import type { IdentityKey, ProfileId } from '../core/identity/identity-key.ts'
import type { JsonObject } from '../core/json.ts'
import type { ProductDocument } from '../core/products/product.ts'
import type { PurchaseQuery } from '../core/profile/trail-log.ts'
import type { OutboxEntry, ProfileDocument, ProfileState, Purchase } from '../core/profile/profile.ts'

/*
 * What Monogram asks of a store. Each document is written atomically and by itself: a list of writes is a list of
 * independent writes that may be carried out together, and a caller relies on nothing across two of them.
 *
 * A promise that resolves means durable: it survives SIGKILL and loss of power. A promise that rejects with
 * StorageError means unknown: each write of the call may or may not have taken effect, so a caller reads again, or
 * repeats a call that is safe to repeat (each says whether it is). Nothing else is ever thrown, but for a bug
 * (a value that no store may be given: undefined, NaN, text with a NUL or with half of a surrogate pair, a time or
 * version that is no integer), which throws TypeError before any effect. An id that no document can have is unknown.
 *
 * Reads see every write that was acknowledged before they began.
 */
export interface Storage extends AsyncDisposable {
  readonly events: EventStore
  readonly trails: TrailStore
  readonly profiles: ProfileStore
  readonly identities: IdentityStore
  readonly products: ProductStore
  readonly sealedPurchases: SealedPurchaseStore
  readonly apiKeys: ApiKeyStore
  readonly progress: ProgressStore
  /** Resolves when the store can take a write, rejects with StorageError when it cannot. */
  ready(): Promise<void>
  /** How many writes wait for their turn now; 0 where the store does not queue them. */
  waitingWrites(): number
}

/** The store could not answer: the effect of the call is unknown. `retryable` says whether trying later may help. */
export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly retryable: boolean
  constructor(message: string, options: { retryable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause })
    this.retryable = options.retryable
  }
}

/** `conflict`: the key is taken by an event with another body, which stays; the new body is kept beside it. */
export type AppendResult = 'stored' | 'duplicate' | 'conflict'

/** What a fold needs of a row that awaits it. */
export interface PendingEvent {
  event: Event
  /** Raised each time a parked event is released: marks of an earlier attempt do not count. */
  attempt: number
}

export interface EventMark {
  key: EventKey
  attempt: number
  outcome: 'folded' | 'parked'
  /** The version of the trail that carries the effect. */
  trailVersion: number
  /** Why it was parked, and the version of the fold that could not apply it. */
  error?: string
  foldVersion?: number
}

/** An event that was set aside because no fold could apply it. */
export interface ParkedEvent extends PendingEvent {
  error: string | null
  foldVersion: number | null
  /** The version of its trail when it was parked. */
  trailVersion: number
}

export interface StoredEvent extends Event {
  state: 'pending' | 'folded' | 'parked'
  trailVersion: number | null
}

/** Another body that was sent under the key of an event: kept, and not counted. */
export interface EventConflict {
  key: EventKey
  trailId: TrailId
  receivedAt: number
  body: JsonObject
}

export interface EventPosition {
  time: number
  key: EventKey
}

/** Which part of a trail's folded events is read: by versions above one, events after a position. */
export interface FoldedQuery {
  trail: TrailId
  aboveVersion: number
  after: EventPosition | null
}

export interface EventRange {
  trail: TrailId
  from: number
  before: number
}

/** Folded events of a trail that its base holds: they happened before `before`, and versions up to `version` carry them. */
export interface SealedEvents {
  trail: TrailId
  before: number
  version: number
}

/** The log that an acknowledgement refers to. */
export interface EventStore {
  /** Inserts each if its key is absent, pending. Results in the order given. Safe to repeat. */
  append(events: readonly Event[]): Promise<AppendResult[]>
  /** Trails with at least one pending event, in order of id, ids above `after` only. */
  findPendingTrails(after: TrailId | null, limit: number): Promise<TrailId[]>
  /** Up to `limit` pending events of each of these trails, oldest arrival first. */
  readPending(trails: readonly TrailId[], limit: number): Promise<Map<TrailId, PendingEvent[]>>
  /** Ends pending of each row that is still pending in that attempt. Safe to repeat. */
  mark(marks: readonly EventMark[]): Promise<void>
  /** Parked events in order of arrival, in pages: begin with null, go on with `next` until it is null. */
  listParked(after: string | null, limit: number): Promise<{ events: ParkedEvent[]; next: string | null }>
  /** Makes each pending again, in the next attempt, where it is still parked in this one. Safe to repeat. */
  release(parked: readonly { key: EventKey; attempt: number }[]): Promise<void>
  /** For each query the folded events of that trail that the versions above carry, by (time, key), at most `limit`. */
  readFolded(queries: readonly FoldedQuery[], limit: number): Promise<StoredEvent[][]>
  /**
   * For each query the events that decide what the purchase amounts to: of each of its parts (`order`, `mention`,
   * `refund`) the oldest and the newest by (time, key), in any order, each once. At most six a query, each found by one
   * look into an index (trail, ref, part, time, key) of folded events, however many there are.
   */
  readPurchases(queries: readonly PurchaseQuery[]): Promise<StoredEvent[][]>
  /** The purchases that folded events of the trail are about, each once, in order of ref, refs above `after` only. */
  listPurchases(trail: TrailId, after: PurchaseRef | null, limit: number): Promise<PurchaseRef[]>
  /** Up to `limit` folded events of each trail that its base holds, in any order, but for those whose links wait. */
  readSealed(sealed: readonly SealedEvents[], limit: number): Promise<StoredEvent[][]>
  /** Deletes these events where they are folded, with their conflicts. Safe to repeat. */
  deleteFolded(keys: readonly EventKey[]): Promise<void>
  /**
   * The trails of events received at or after `since`, in order of arrival, each perhaps repeatedly, in pages as `scan`:
   * of all that were stored when the first page was read. One that is stored meanwhile may take its place behind a page
   * that has been read, and be left out: whoever folds it does so with the fold of now.
   */
  scanTrails(
    since: number,
    after: string | null,
    limit: number,
  ): Promise<{ trails: TrailId[]; next: string | null }>
  /** Events whose pairs are not recorded yet. */
  findUnlinked(limit: number): Promise<Pick<Event, 'key' | 'pairs' | 'receivedAt'>[]>
  /** Says that the pairs of these events are recorded. Safe to repeat. */
  clearLinks(keys: readonly EventKey[]): Promise<void>
  /** In any order; unknown keys are left out. */
  get(keys: readonly EventKey[]): Promise<StoredEvent[]>
  /**
   * For each group of trails its newest events by (time, key), all trails of a group together, at most `limit` a
   * group, strictly before `before` when given, only of those names (tracks) or types when `names` is given.
   */
  listByTrails(groups: readonly (readonly TrailId[])[], query: EventListQuery): Promise<StoredEvent[][]>
  /** Of each of these events its newest conflicts, newest first, at most `limit` an event. */
  conflictsOf(keys: readonly EventKey[], limit: number): Promise<Map<EventKey, EventConflict[]>>
  /** For each group of trails the newest conflicts of its events, newest first, at most `limit` a group. */
  conflictsByTrails(groups: readonly (readonly TrailId[])[], limit: number): Promise<EventConflict[][]>
  /** For each group of identities when the oldest pending event sent under one of them arrived; null without any. */
  oldestPending(groups: readonly (readonly IdentityKey[])[]): Promise<(number | null)[]>
  /** What waits: its cost grows with what waits, not with what is stored. */
  backlog(): Promise<EventBacklog>
  /** How many events each group of trails has, under the same filter. */
  countByTrails(groups: readonly (readonly TrailId[])[], names: readonly string[] | null): Promise<number[]>
  /** How many events each trail has whose time is at or after `from` and before `before`, by one look into an index. */
  countBetween(ranges: readonly EventRange[]): Promise<number[]>
  /**
   * Every event of these names or types, in arrival order, in pages: begin with null, go on with `next` until it is
   * null. A page may have fewer than `limit`, or none, before the end. Where many processes write, an event may take its
   * place before others that are there already, but none comes up to `settled` any more, which is `next` for a page of
   * which that can be said as a whole. Whoever reads again from the first `settled` that was not `next` misses nothing.
   */
  scan(
    names: readonly string[] | null,
    after: string | null,
    limit: number,
  ): Promise<{ events: StoredEvent[]; next: string | null; settled: string }>
  stats(): Promise<{ events: number; pending: number; parked: number; conflicts: number }>
}

export interface EventBacklog {
  pending: number
  parked: number
  /** When the oldest pending event arrived. */
  oldestReceivedAt: number | null
}

export interface EventListQuery {
  names: readonly string[] | null
  before: EventPosition | null
  limit: number
}

/** An event that the trail's state already holds, until its row is marked. */
export interface AppliedEntry {
  key: EventKey
  attempt: number
  version: number
  parked?: string
  /** With `parked`: the version of the fold that could not apply it. */
  foldVersion?: number
}

export interface TrailDocument {
  id: TrailId
  /** The normalised key of the identity that its events were sent with, and the profile derived from that key. */
  identity: IdentityKey
  home: ProfileId
  /** Rises by one with every write. */
  version: number
  /** The version of the fold that made the state. */
  foldVersion: number
  state: ProfileState
  applied: AppliedEntry[]
  /** Its profile has not been materialised from this version yet. */
  dirty: boolean
}

/**
 * What a trail was made of before its log begins: the state of the folded events that happened before `before` and that
 * the trail's versions up to `version` carry. Those events may be gone from the log.
 */
export interface TrailBase {
  id: TrailId
  /** Rises by one with every write; what compare-and-set is on. */
  rev: number
  before: number
  version: number
  foldVersion: number
  state: ProfileState
}

export interface TrailStore {
  /** The bases of those trails that have one. What an older fold lacks is read as `get` reads it. */
  bases(ids: readonly TrailId[]): Promise<Map<TrailId, TrailBase>>
  /** Compare-and-set on `rev - 1` (insert-if-absent for 1). True where it took effect. */
  putBases(bases: readonly TrailBase[]): Promise<boolean[]>
  /** Parts that a state of an older fold lacks are read as empty, here and in `findByHomes`. */
  get(ids: readonly TrailId[]): Promise<Map<TrailId, TrailDocument>>
  /**
   * Compare-and-set: each takes effect only where the stored version is `version - 1` (insert-if-absent for 1).
   * True where it did. After an unknown outcome a repeat may answer false although the first took effect.
   */
  put(trails: readonly TrailDocument[]): Promise<boolean[]>
  /** Trails of the keys whose derived profile is one of these. */
  findByHomes(homes: readonly ProfileId[]): Promise<TrailDocument[]>
  /** Dirty trails, at most `limit`, in order of id, ids above `after` only. */
  findDirty(after: TrailId | null, limit: number): Promise<Pick<TrailDocument, 'id' | 'identity' | 'home'>[]>
  /** The events that the dirty trails of these homes hold and their profiles may not show yet. */
  dirtyEvents(homes: readonly ProfileId[]): Promise<{ home: ProfileId; keys: EventKey[] }[]>
  /** Clears dirty where the version is still this one. Safe to repeat. */
  clearDirty(trails: readonly { id: TrailId; version: number }[]): Promise<void>
  /** All, in order of id, ids above `after` only. */
  list(after: TrailId | null, limit: number): Promise<TrailId[]>
}

/** A profile as it is written, with the words it is found by: lower case, without repetition. */
export interface ProfileWrite {
  profile: ProfileDocument
  terms: readonly string[]
}

/** What a destination is to be told of a profile. */
export interface UnpublishedChange {
  id: ProfileId
  mergedInto: ProfileId | null
  change: OutboxEntry
}

export interface ProfileStore {
  /** One statement whatever the number of ids. Unknown ids are left out. */
  get(ids: readonly ProfileId[]): Promise<Map<ProfileId, ProfileDocument>>
  /** Compare-and-set on `rev - 1` (insert-if-absent for 1). True where it took effect. */
  put(writes: readonly ProfileWrite[]): Promise<boolean[]>
  /** Profiles with something in their outbox, at most `limit`, in order of id, ids above `after` only. */
  findOutbox(
    after: ProfileId | null,
    limit: number,
  ): Promise<{ id: ProfileId; mergedInto: ProfileId | null; outbox: OutboxEntry[] }[]>
  /** Drops the entries up to that version. Safe to repeat. */
  trimOutbox(trims: readonly { id: ProfileId; version: number }[]): Promise<void>
  /** Profiles and tombstones with something unpublished, at most `limit`, in order of id, ids above `after` only. */
  findUnpublished(after: ProfileId | null, limit: number): Promise<UnpublishedChange[]>
  /** Nothing is unpublished any more where that change, with this version, still is. Safe to repeat. */
  clearUnpublished(published: readonly { id: ProfileId; version: number }[]): Promise<void>
  /** Profiles whose nextChangeAt is at or before `now`, the longest due first. */
  findDue(now: number, limit: number): Promise<ProfileId[]>
  /** Profiles (no tombstones) that have, for every prefix, a term beginning with it; in order of id, above `after`. */
  search(prefixes: readonly string[], after: ProfileId | null, limit: number): Promise<ProfileId[]>
  /** All that are no tombstones, in order of id. */
  list(after: ProfileId | null, limit: number): Promise<ProfileId[]>
  /** Profiles that are no tombstones; profiles, or tombstones, with something in their outbox. */
  stats(): Promise<{ profiles: number; outbox: number }>
}

export interface IdentityStore {
  /** Rows of these keys; a key without a row belongs to the profile derived from it. */
  rows(keys: readonly IdentityKey[]): Promise<Map<IdentityKey, IdentityRow>>
  /** For each profile the rows that name it, and its own key's row when there is one. */
  rowsOfProfiles(ids: readonly ProfileId[]): Promise<IdentityRow[]>
  /** Writes each row where it is absent or its stored seq is below the given one. Safe to repeat. */
  putRows(rows: readonly IdentityRow[]): Promise<void>
  /** Inserts each pair, pending, if absent. Safe to repeat. */
  recordPairs(pairs: readonly PairRow[]): Promise<void>
  /** Pending pairs, oldest first by (at, id). */
  findPendingPairs(limit: number): Promise<LinkRecord[]>
  /**
   * Notes what batch n decided on each pair and ends its pending. A pair that this batch or a later one has settled stays
   * as it is. Safe to repeat.
   */
  settlePairs(n: number, answers: readonly Pick<LinkAnswer, 'pairId' | 'decision'>[]): Promise<void>
  /** In any order; unknown ids are left out. */
  pairs(ids: readonly string[]): Promise<LinkRecord[]>
  /** Every pair that names one of these keys, each once, in any order. */
  pairsOfKeys(keys: readonly IdentityKey[]): Promise<LinkRecord[]>
  /** All pairs, in order of id, ids above `after` only. */
  listPairs(after: string | null, limit: number): Promise<LinkRecord[]>
  /**
   * Makes up to `limit` pairs pending again that were decided but joined nothing, in order of id, ids above `after` only.
   * The last id; null when there was none. Safe to repeat.
   */
  reopenRefused(after: string | null, limit: number): Promise<string | null>
  /** Inserts each, waiting, if absent. Safe to repeat. */
  requestUndos(undos: readonly IdentityUndo[]): Promise<void>
  /** Undos that wait, oldest first by (at, id). */
  findPendingUndos(limit: number): Promise<IdentityUndo[]>
  /** Undos, waiting or carried out, of pairs both of whose keys are among these. */
  undosOfKeys(keys: readonly IdentityKey[]): Promise<UndoRecord[]>
  /** Notes that batch n carried these out. Safe to repeat. */
  settleUndos(n: number, ids: readonly string[]): Promise<void>
  /** The newest batch of the identity log, read from the primary; null when the log is empty. */
  head(): Promise<IdentityBatch | null>
  /** Inserts batch n if there is none of that number. False when there is. */
  insertBatch(batch: IdentityBatch): Promise<boolean>
  setBatchDone(n: number): Promise<void>
  /** Batches above n, in order. */
  listBatches(above: number, limit: number): Promise<IdentityBatch[]>
}

export interface ProductStore {
  /** One statement whatever the number of ids. Unknown ids are left out. */
  get(ids: readonly string[]): Promise<Map<string, ProductDocument>>
  /** Compare-and-set on `rev - 1` (insert-if-absent for 1). True where it took effect. */
  put(products: readonly ProductDocument[]): Promise<boolean[]>
  findOutbox(after: string | null, limit: number): Promise<{ id: string; outbox: OutboxEntry[] }[]>
  trimOutbox(trims: readonly { id: string; version: number }[]): Promise<void>
  list(after: string | null, limit: number): Promise<ProductDocument[]>
  stats(): Promise<{ products: number }>
}

/** What the deleted events about a purchase of a trail amount to. */
export interface SealedPurchase {
  trail: TrailId
  ref: PurchaseRef
  /** Rises by one with every write; what compare-and-set is on. */
  rev: number
  purchase: Purchase
}

/** Purchases whose events have been deleted, in part or all: one slim document for each trail and ref. */
export interface SealedPurchaseStore {
  /** In any order; unknown ones are left out. */
  get(purchases: readonly { trail: TrailId; ref: PurchaseRef }[]): Promise<SealedPurchase[]>
  /** Compare-and-set on `rev - 1` (insert-if-absent for 1). True where it took effect. */
  put(purchases: readonly SealedPurchase[]): Promise<boolean[]>
  /** Refs of the trail, in order, refs above `after` only. */
  list(trail: TrailId, after: PurchaseRef | null, limit: number): Promise<PurchaseRef[]>
}

export interface ApiKeyStore {
  get(id: string): Promise<ApiKeyRecord | null>
  list(): Promise<ApiKeyRecord[]>
  /** Inserts or replaces. */
  put(record: ApiKeyRecord): Promise<void>
}

/** Small documents by which a long job (an import, a rebuild) goes on where it was interrupted. */
export interface ProgressStore {
  get(id: string): Promise<JsonObject | null>
  put(id: string, progress: JsonObject): Promise<void>
}
