import type { TrailId } from '../../core/events/event.ts'
import type { PurchaseRef } from '../../core/events/purchase.ts'
import type { Purchase } from '../../core/profile/profile.ts'

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
