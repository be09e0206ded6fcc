import type { Database } from '../sqlite.ts'
import { outboxTrimmer, type OutboxTrim } from './outbox.ts'

/** `outbox` is JSON or null when empty, `state` JSON. */
export type ProductRow = readonly [
  rev: number,
  version: number,
  asOf: number,
  outbox: string | null,
  state: string,
  id: string,
]

export interface ProductWrites {
  putProducts(products: readonly ProductRow[]): boolean[]
  trimProductOutboxes(trims: readonly OutboxTrim[]): null
}

export function productWrites(db: Database): ProductWrites {
  const insert = db.prepare(`
    INSERT INTO products (rev, version, as_of, outbox, state, id) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO NOTHING`)
  const update = db.prepare(`
    UPDATE products SET rev = ?1, version = ?2, as_of = ?3, outbox = ?4, state = ?5
    WHERE id = ?6 AND rev = ?1 - 1`)
  return {
    putProducts: (products) =>
      products.map((row) => (row[0] === 1 ? insert : update).run(...row).changes === 1),
    trimProductOutboxes: outboxTrimmer(db, 'products'),
  }
}
