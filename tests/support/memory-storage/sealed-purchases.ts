import type { SealedPurchase, SealedPurchaseStore } from '../../../storage/ports.ts'
import { assertStorable } from './assert-storable.ts'
import { DocumentMap } from './document-map.ts'

export function createSealedPurchaseStore(): SealedPurchaseStore {
  const sealed = new DocumentMap<SealedPurchase>()
  const idOf = ({ trail, ref }: Pick<SealedPurchase, 'trail' | 'ref'>): string => JSON.stringify([trail, ref])
  return {
    async get(purchases) {
      return [...sealed.getMany([...new Set(purchases.map(idOf))]).values()]
    },

    async put(writes) {
      for (const each of writes) assertStorable(each, 'sealed')
      return writes.map((each) => {
        if ((sealed.get(idOf(each))?.rev ?? 0) !== each.rev - 1) return false
        sealed.set(idOf(each), each)
        return true
      })
    },

    async list(trail, after, limit) {
      return sealed
        .filter((each) => each.trail === trail && (after === null || each.ref > after))
        .map(({ ref }) => ref)
        .sort()
        .slice(0, limit)
    },
  }
}
