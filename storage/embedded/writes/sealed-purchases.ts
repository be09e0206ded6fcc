import type { Database } from '../sqlite.ts'

/** `purchase` is JSON. */
export type SealedPurchaseRow = readonly [rev: number, purchase: string, trailId: string, ref: string]

export interface SealedPurchaseWrites {
  putSealedPurchases(purchases: readonly SealedPurchaseRow[]): boolean[]
}

export function sealedPurchaseWrites(db: Database): SealedPurchaseWrites {
  const insert = db.prepare(`
    INSERT INTO sealed_purchases (rev, purchase, trail_id, ref) VALUES (?, ?, ?, ?)
    ON CONFLICT (trail_id, ref) DO NOTHING`)
  const update = db.prepare(
    'UPDATE sealed_purchases SET rev = ?1, purchase = ?2 WHERE trail_id = ?3 AND ref = ?4 AND rev = ?1 - 1',
  )
  return {
    putSealedPurchases: (purchases) =>
      purchases.map((row) => (row[0] === 1 ? insert : update).run(...row).changes === 1),
  }
}
