import type { ProductDocument, ProductState } from '../../core/products/product.ts'
import type { ProductStore } from '../ports.ts'
import { integer, json, text } from '../values.ts'
import type { Calls } from './calls.ts'
import { compareAndSet, type Replacement } from './compare-and-set.ts'
import type { Collections, ProductRow } from './documents.ts'
import { atMost, idAfter, storableIds } from './ids.ts'
import { outboxEntries, trimOutboxes } from './outbox.ts'

export function createProductStore({ products }: Collections, calls: Calls): ProductStore {
  return {
    get: (ids) =>
      calls.run(async () => {
        const wanted = storableIds(ids)
        if (wanted.length === 0) return new Map()
        const rows = await products.find({ _id: { $in: wanted } }).toArray()
        return new Map(rows.map((row) => [row._id, readProduct(row)]))
      }),
    put: (written) => calls.run(async () => compareAndSet(products, 'rev', written.map(productReplacement))),
    findOutbox: (after, limit) =>
      calls.run(async () => {
        const rows = await products
          .find({ outbox: { $exists: true }, _id: { $gt: idAfter(after) } })
          .project<Pick<ProductRow, '_id' | 'outbox'>>({ outbox: 1 })
          .sort({ _id: 1 })
          .limit(atMost(limit))
          .toArray()
        return rows.flatMap(({ _id, outbox = [] }) => (outbox.length > 0 ? [{ id: _id, outbox }] : []))
      }),
    trimOutbox: (trims) => calls.run(() => trimOutboxes(products, trims)),
    list: (after, limit) =>
      calls.run(async () => {
        const rows = await products
          .find({ _id: { $gt: idAfter(after) } })
          .sort({ _id: 1 })
          .limit(atMost(limit))
          .toArray()
        return rows.map(readProduct)
      }),
    stats: () => calls.run(async () => ({ products: await products.estimatedDocumentCount() })),
  }
}

function readProduct({ _id, rev, version, asOf, outbox, state }: ProductRow): ProductDocument {
  return { id: _id, rev, version, asOf, state: JSON.parse(state) as ProductState, outbox: outbox ?? [] }
}

function productReplacement(product: ProductDocument): Replacement {
  const outbox = outboxEntries(product.outbox, 'product.outbox')
  return {
    id: text(product.id, 'product.id'),
    version: integer(product.rev, 'product.rev'),
    set: {
      rev: product.rev,
      version: integer(product.version, 'product.version'),
      asOf: integer(product.asOf, 'product.asOf'),
      state: json(product.state, 'product.state'),
      ...(outbox.length > 0 && { outbox }),
    },
    unset: outbox.length > 0 ? [] : ['outbox'],
  }
}
