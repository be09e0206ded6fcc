import { COLLECTION_NAMES as NAMES } from '../documents.ts'
import type { Migration } from '../migrations.ts'

/** Ids are unique by themselves; these find what is not asked for by id. What waits for work has small indexes. */
export const firstIndexes: Migration = {
  version: 1,
  name: 'first indexes',
  indexes: [
    { collection: NAMES.events, name: 'by_trail', key: { trail: 1, time: 1, _id: 1 } },
    { collection: NAMES.events, name: 'by_arrival', key: { arrival: 1 } },
    {
      collection: NAMES.events,
      name: 'pending',
      key: { pending: 1, trail: 1, arrival: 1 },
      only: 'pending',
    },
    {
      collection: NAMES.events,
      name: 'pending_by_identity',
      key: { pending: 1, identity: 1, receivedAt: 1 },
      only: 'pending',
    },
    { collection: NAMES.events, name: 'parked', key: { parked: 1, arrival: 1 }, only: 'parked' },
    { collection: NAMES.events, name: 'unlinked', key: { unlinked: 1 }, only: 'unlinked' },
    { collection: NAMES.conflicts, name: 'by_trail', key: { trail: 1, receivedAt: 1, arrival: 1 } },
    { collection: NAMES.conflicts, name: 'by_key', key: { key: 1, receivedAt: 1, arrival: 1 } },
    { collection: NAMES.trails, name: 'by_home', key: { home: 1 } },
    { collection: NAMES.trails, name: 'dirty', key: { dirty: 1, _id: 1 }, only: 'dirty' },
    { collection: NAMES.profiles, name: 'outbox', key: { _id: 1, 'outbox.version': 1 }, only: 'outbox' },
    {
      collection: NAMES.profiles,
      name: 'unpublished',
      key: { _id: 1, 'unpublished.version': 1 },
      only: 'unpublished',
    },
    { collection: NAMES.profiles, name: 'due', key: { nextChangeAt: 1 }, only: 'nextChangeAt' },
    { collection: NAMES.profiles, name: 'merged', key: { mergedInto: 1 }, only: 'mergedInto' },
    { collection: NAMES.profiles, name: 'by_term', key: { terms: 1, _id: 1 } },
    { collection: NAMES.products, name: 'outbox', key: { _id: 1, 'outbox.version': 1 }, only: 'outbox' },
    { collection: NAMES.identityKeys, name: 'by_profile', key: { profileId: 1 } },
    { collection: NAMES.identityKeys, name: 'by_home', key: { home: 1 } },
    { collection: NAMES.pairs, name: 'pending', key: { pending: 1, at: 1, _id: 1 }, only: 'pending' },
    { collection: NAMES.pairs, name: 'refused', key: { refused: 1, _id: 1 }, only: 'refused' },
    { collection: NAMES.pairs, name: 'by_low', key: { low: 1 } },
    { collection: NAMES.pairs, name: 'by_high', key: { high: 1 } },
    { collection: NAMES.undos, name: 'pending', key: { pending: 1, at: 1, _id: 1 }, only: 'pending' },
    { collection: NAMES.undos, name: 'by_low', key: { low: 1 } },
  ],
}
