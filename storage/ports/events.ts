import type { Event, EventKey, TrailId } from '../../core/events/event.ts'
import type { PurchaseRef } from '../../core/events/purchase.ts'
import type { IdentityKey } from '../../core/identity/identity-key.ts'
import type { PurchaseQuery } from '../../core/profile/trail-log.ts'
import type { EventBacklog, EventListQuery, EventRange, FoldedQuery, SealedEvents } from './event-queries.ts'
import type {
  AppendResult,
  EventConflict,
  EventMark,
  ParkedEvent,
  PendingEvent,
  StoredEvent,
} from './event-rows.ts'

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
  /** Of more than a million that are pending, or parked, a million may be counted. */
  stats(): Promise<{ events: number; pending: number; parked: number; conflicts: number }>
}
