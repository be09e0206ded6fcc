import type { ProductDocument } from '../../../core/products/product.ts'
import type { ProductStore } from '../../../storage/ports.ts'
import { assertStorable } from './assert-storable.ts'
import { byText, DocumentMap } from './document-map.ts'

export function createProductStore(): ProductStore {
  const products = new DocumentMap<ProductDocument>()
  return {
    async get(ids) {
      return products.getMany(ids)
    },

    async put(writes) {
      for (const product of writes) assertStorable(product, 'product')
      return writes.map((product) => {
        if ((products.get(product.id)?.rev ?? 0) !== product.rev - 1) return false
        products.set(product.id, product)
        return true
      })
    },

    async findOutbox(after, limit) {
      return products
        .filter(({ id, outbox }) => outbox.length > 0 && (after === null || id > after))
        .sort(byText(({ id }) => id))
        .slice(0, limit)
        .map(({ id, outbox }) => ({ id, outbox }))
    },

    async trimOutbox(trims) {
      for (const { id, version } of trims) {
        const product = products.get(id)
        if (!product) continue
        products.set(id, { ...product, outbox: product.outbox.filter((entry) => entry.version > version) })
      }
    },

    async list(after, limit) {
      return products
        .filter(({ id }) => after === null || id > after)
        .sort(byText(({ id }) => id))
        .slice(0, limit)
    },

    async stats() {
      return { products: products.size }
    },
  }
}
