import type { ProductDocument } from '../../core/products/product.ts'
import type { OutboxEntry } from '../../core/profile/profile.ts'

export interface ProductStore {
  /** One statement whatever the number of ids. Unknown ids are left out. */
  get(ids: readonly string[]): Promise<Map<string, ProductDocument>>
  /** Compare-and-set on `rev - 1` (insert-if-absent for 1). True where it took effect. */
  put(products: readonly ProductDocument[]): Promise<boolean[]>
  findOutbox(after: string | null, limit: number): Promise<{ id: string; outbox: OutboxEntry[] }[]>
  trimOutbox(trims: readonly { id: string; version: number }[]): Promise<void>
  list(after: string | null, limit: number): Promise<ProductDocument[]>
  stats(): Promise<{ products: number }>
}
