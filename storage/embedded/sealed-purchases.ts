import type { Purchase } from '../../core/profile/profile.ts'
import type { SealedPurchaseStore } from '../ports.ts'
import { integer, json, text } from '../values.ts'
import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'

export function createSealedPurchaseStore(reader: Reader, writer: Writer): SealedPurchaseStore {
  const byRefs = reader.prepare<[trail: string, ref: string, rev: number, purchase: string]>(`
    SELECT p.trail_id, p.ref, p.rev, p.purchase FROM json_each(?) AS q
    CROSS JOIN sealed_purchases AS p ON p.trail_id = q.value ->> 0 AND p.ref = q.value ->> 1`)
  const page = reader.prepare<[ref: string]>(
    'SELECT ref FROM sealed_purchases WHERE trail_id = ? AND ref > ? ORDER BY ref LIMIT ?',
  )
  return {
    get: async (purchases) => {
      const list = purchases.map(({ trail, ref }) => [text(trail, 'trail'), text(ref, 'ref')])
      return byRefs
        .all(JSON.stringify(list))
        .map(([trail, ref, rev, json]) => ({ trail, ref, rev, purchase: JSON.parse(json) as Purchase }))
    },
    put: async (purchases) =>
      purchases.length === 0
        ? []
        : writer.run(
            'putSealedPurchases',
            purchases.map(({ trail, ref, rev, purchase }) => [
              integer(rev, 'sealed.rev'),
              json(purchase, 'sealed.purchase'),
              text(trail, 'sealed.trail'),
              text(ref, 'sealed.ref'),
            ]),
          ),
    list: async (trail, after, limit) =>
      page.all(text(trail, 'trail'), after ?? '', integer(limit, 'limit')).map(([ref]) => ref),
  }
}
