import type { Database } from '../sqlite.ts'
import { outboxWrites, type OutboxTrim } from './outbox.ts'

/** `state` is JSON. */
export type ProductRow = readonly [rev: number, version: number, asOf: number, state: string, id: string]

export interface ProductToPut {
  row: ProductRow
  /** JSON, or null when empty. */
  outbox: string | null
}

export interface ProductWrites {
  putProducts(products: readonly ProductToPut[]): boolean[]
  trimProductOutboxes(trims: readonly OutboxTrim[]): null
}

export function productWrites(db: Database): ProductWrites {
  const insert = db.prepare(`
    INSERT INTO products (rev, version, as_of, state, id) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`)
  const update = db.prepare(`
    UPDATE products SET rev = ?1, version = ?2, as_of = ?3, state = ?4 WHERE id = ?5 AND rev = ?1 - 1`)
  const outboxes = outboxWrites(db, 'product_outboxes')

  const put = ({ row, outbox }: ProductToPut): boolean => {
    const [rev, , , , id] = row
    if ((rev === 1 ? insert : update).run(...row).changes === 0) return false
    outboxes.put(id, outbox)
    return true
  }
  return {
    putProducts: (products) => products.map(put),
    trimProductOutboxes: (trims) => outboxes.trim(trims),
  }
}
