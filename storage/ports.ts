/*
 * The port, one file a store. What is outside of this folder imports it from here.
 */
export type { Storage } from './ports/storage.ts'
export { StorageError } from './ports/storage-error.ts'
export type {
  AppendResult,
  PendingEvent,
  EventMark,
  ParkedEvent,
  StoredEvent,
  EventConflict,
} from './ports/event-rows.ts'
export type {
  EventPosition,
  FoldedQuery,
  EventRange,
  SealedEvents,
  EventBacklog,
  EventListQuery,
} from './ports/event-queries.ts'
export type { EventStore } from './ports/events.ts'
export type { AppliedEntry, TrailDocument, TrailBase, TrailStore } from './ports/trails.ts'
export type { ProfileWrite, UnpublishedChange, ProfileStore } from './ports/profiles.ts'
export type { IdentityStore } from './ports/identities.ts'
export type { ProductStore } from './ports/products.ts'
export type { SealedPurchase, SealedPurchaseStore } from './ports/sealed-purchases.ts'
export type { ApiKeyStore } from './ports/api-keys.ts'
export type { ProgressStore } from './ports/progress.ts'
