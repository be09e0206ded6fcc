import { COLLECTION_NAMES as NAMES } from './documents.ts'

/**
 * The keys that docs/scaling.md gives to those who shard: each collection that grows with people or events. What is asked
 * for each event or in a request names the whole key, or, of a key of several fields, the first.
 */
export const SHARD_KEYS: ReadonlyMap<string, readonly string[]> = new Map([
  [NAMES.events, ['trail', '_id']],
  [NAMES.conflicts, ['trail', '_id']],
  [NAMES.trails, ['_id']],
  [NAMES.trailBases, ['_id']],
  [NAMES.sealedPurchases, ['_id']],
  [NAMES.profiles, ['_id']],
  [NAMES.products, ['_id']],
  [NAMES.identityKeys, ['_id']],
  [NAMES.pairs, ['_id']],
  [NAMES.undos, ['_id']],
])
