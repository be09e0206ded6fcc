import type { IdentityBatch, IdentityRow, PairRow } from '../../../core/identity/identity-log.ts'
import type { IdentityStore } from '../../../storage/ports.ts'
import { assertInteger, assertStorable } from './assert-storable.ts'
import { byText, DocumentMap } from './document-map.ts'

export function createIdentityStore(): IdentityStore {
  const rows = new DocumentMap<IdentityRow>()
  const pairs = new DocumentMap<PairRow>()
  const decided = new Set<string>()
  const batches: IdentityBatch[] = []

  const sortedBatches = (): IdentityBatch[] => structuredClone(batches).sort((a, b) => a.n - b.n)

  return {
    async rows(keys) {
      return rows.getMany(keys)
    },

    async rowsOfProfiles(ids) {
      return rows.filter(({ profileId, home }) => ids.includes(profileId) || ids.includes(home))
    },

    async putRows(given) {
      for (const row of given) {
        assertStorable(row, 'row')
        assertInteger(row.since, 'since')
      }
      for (const row of given) if ((rows.get(row.key)?.seq ?? -1) < row.seq) rows.set(row.key, row)
    },

    async recordPairs(given) {
      for (const pair of given) assertStorable(pair, 'pair')
      for (const pair of given) if (!pairs.has(pair.id)) pairs.set(pair.id, pair)
    },

    async findPendingPairs(limit) {
      return pairs
        .filter(({ id }) => !decided.has(id))
        .sort(byText(({ id }) => id))
        .sort((a, b) => a.at - b.at)
        .slice(0, limit)
    },

    async clearPairs(ids) {
      for (const id of ids) if (pairs.has(id)) decided.add(id)
    },

    async head() {
      return sortedBatches().at(-1) ?? null
    },

    async insertBatch(batch) {
      assertStorable(batch, 'batch')
      if (batches.some(({ n }) => n === batch.n)) return false
      batches.push(structuredClone(batch))
      return true
    },

    async setBatchDone(n) {
      for (const batch of batches) if (batch.n === n) batch.done = true
    },

    async listBatches(above, limit) {
      return sortedBatches()
        .filter(({ n }) => n > above)
        .slice(0, limit)
    },
  }
}
