import type { Purchase } from '../../core/profile/profile.ts'
import type { SealedPurchase, SealedPurchaseStore } from '../ports.ts'
import { integer, json, text } from '../values.ts'
import type { Calls } from './calls.ts'
import { compareAndSet, type Replacement } from './compare-and-set.ts'
import type { Collections } from './documents.ts'
import { atMost, idAfter } from './ids.ts'

export function createSealedPurchaseStore(
  { sealedPurchases }: Collections,
  calls: Calls,
): SealedPurchaseStore {
  return {
    get: (purchases) =>
      calls.run(async () => {
        if (purchases.length === 0) return []
        const ids = [...new Set(purchases.map(idOf))]
        const rows = await sealedPurchases.find({ _id: { $in: ids } }).toArray()
        return rows.map(({ trail, ref, rev, purchase }) => {
          return { trail, ref, rev, purchase: JSON.parse(purchase) as Purchase }
        })
      }),
    put: (written) =>
      calls.run(async () => compareAndSet(sealedPurchases, 'rev', written.map(replacementOf))),
    list: (trail, after, limit) =>
      calls.run(async () => {
        const rows = await sealedPurchases
          .find({ trail: text(trail, 'trail'), ref: { $gt: idAfter(after) } })
          .project<{ ref: string }>({ _id: 0, ref: 1 })
          .sort({ ref: 1 })
          .limit(atMost(limit))
          .toArray()
        return rows.map(({ ref }) => ref)
      }),
  }
}

/** A trail's id has no space in it. */
function idOf({ trail, ref }: Pick<SealedPurchase, 'trail' | 'ref'>): string {
  return `${text(trail, 'trail')} ${text(ref, 'ref')}`
}

function replacementOf(sealed: SealedPurchase): Replacement {
  return {
    id: idOf(sealed),
    version: integer(sealed.rev, 'sealed.rev'),
    set: {
      trail: sealed.trail,
      ref: sealed.ref,
      rev: sealed.rev,
      purchase: json(sealed.purchase, 'sealed.purchase'),
    },
    unset: [],
  }
}
