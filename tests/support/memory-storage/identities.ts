import {
  isRefused,
  type IdentityBatch,
  type IdentityRow,
  type LinkRecord,
  type UndoRecord,
} from '../../../core/identity/identity-log.ts'
import type { IdentityStore } from '../../../storage/ports.ts'
import { assertInteger, assertStorable } from './assert-storable.ts'
import { byText, DocumentMap } from './document-map.ts'

export function createIdentityStore(): IdentityStore {
  const rows = new DocumentMap<IdentityRow>()
  const pairs = new DocumentMap<LinkRecord>()
  const undos = new DocumentMap<UndoRecord>()
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
      for (const pair of given) {
        const undecided = { pending: true, first: null, batch: null, decision: null }
        if (!pairs.has(pair.id)) pairs.set(pair.id, { ...pair, ...undecided })
      }
    },

    async findPendingPairs(limit) {
      return oldestFirst(pairs.filter(({ pending }) => pending)).slice(0, limit)
    },

    async settlePairs(n, answers) {
      assertInteger(n, 'n')
      for (const { decision } of answers) assertStorable(decision, 'decision')
      for (const { pairId, decision } of answers) {
        const pair = pairs.get(pairId)
        if (!pair || (pair.batch ?? 0) >= n) continue
        pairs.set(pairId, { ...pair, pending: false, first: pair.first ?? n, batch: n, decision })
      }
    },

    async pairs(ids) {
      return pairs.filter(({ id }) => ids.includes(id))
    },

    async pairsOfKeys(keys) {
      return pairs.filter(({ pair }) => pair.some((key) => keys.includes(key)))
    },

    async listPairs(after, limit) {
      return pairs
        .filter(({ id }) => id > (after ?? ''))
        .sort(byText(({ id }) => id))
        .slice(0, limit)
    },

    async reopenRefused(after, limit) {
      const refused = pairs
        .filter(({ id, decision }) => id > (after ?? '') && decision !== null && isRefused(decision))
        .sort(byText(({ id }) => id))
        .slice(0, limit)
      for (const pair of refused) pairs.set(pair.id, { ...pair, pending: true })
      return refused.at(-1)?.id ?? null
    },

    async requestUndos(given) {
      for (const undo of given) assertStorable(undo, 'undo')
      for (const undo of given) if (!undos.has(undo.id)) undos.set(undo.id, { ...undo, batch: null })
    },

    async findPendingUndos(limit) {
      const waiting = oldestFirst(undos.filter(({ batch }) => batch === null)).slice(0, limit)
      return waiting.map(({ id, pair, by, at }) => ({ id, pair, by, at }))
    },

    async undosOfKeys(keys) {
      return undos.filter(({ pair }) => pair.every((key) => keys.includes(key)))
    },

    async settleUndos(n, ids) {
      for (const id of ids) {
        const undo = undos.get(id)
        if (undo && undo.batch === null) undos.set(id, { ...undo, batch: n })
      }
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

function oldestFirst<T extends { id: string; at: number }>(documents: T[]): T[] {
  return documents.sort(byText(({ id }) => id)).sort((a, b) => a.at - b.at)
}
