import DataLoader from 'dataloader'
import type { ProductDocument } from '../core/products/product.ts'
import type { ProductStore } from '../storage/ports.ts'
import { isStorableId } from './storable.ts'

export type ProductLoader = DataLoader<string, ProductDocument | null>

/** Products by id; null for those that the catalogue does not know. */
export function createProductLoader(store: Pick<ProductStore, 'get'>, maxBatchSize: number): ProductLoader {
  return new DataLoader(
    async (ids) => {
      const found = await store.get(ids.filter(isStorableId))
      return ids.map((id) => found.get(id) ?? null)
    },
    { maxBatchSize },
  )
}
