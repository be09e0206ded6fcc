import type { IdentityKey, ProfileId } from '../../core/identity/identity-key.ts'
import type {
  IdentityBatch,
  IdentityRow,
  IdentityUndo,
  LinkAnswer,
  LinkRecord,
  PairRow,
  UndoRecord,
} from '../../core/identity/identity-log.ts'

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
