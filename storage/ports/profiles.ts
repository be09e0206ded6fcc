import type { ProfileId } from '../../core/identity/identity-key.ts'
import type { OutboxEntry, ProfileDocument } from '../../core/profile/profile.ts'

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
  /**
   * Profiles that are no tombstones; profiles, or tombstones, with something in their outbox. Of millions of tombstones
   * the share may be estimated, and of more than a million with an outbox a million may be counted.
   */
  stats(): Promise<{ profiles: number; outbox: number }>
}
