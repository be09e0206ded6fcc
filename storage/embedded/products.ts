import type { ProductDocument, ProductState } from '../../core/products/product.ts'
import type { ProductStore } from '../ports.ts'
import { integer, json, text } from '../values.ts'
import { idList } from './encode.ts'
import { outboxColumn, outboxTrims, readOutbox } from './outbox.ts'
import type { Reader } from './reader.ts'
import type { Writer } from './writer.ts'
import type { ProductToPut } from './writes/products.ts'

export function createProductStore(reader: Reader, writer: Writer): ProductStore {
  const byIds = reader.prepare<ProductColumns>(
    `SELECT ${COLUMNS} FROM ${TABLES} WHERE id IN (SELECT value FROM json_each(?))`,
  )
  const outboxes = reader.prepare<[id: string, outbox: string]>(
    'SELECT id, outbox FROM product_outboxes WHERE id > ? ORDER BY id LIMIT ?',
  )
  const page = reader.prepare<ProductColumns>(
    `SELECT ${COLUMNS} FROM ${TABLES} WHERE id > ? ORDER BY id LIMIT ?`,
  )
  const counts = reader.prepare<[products: number]>('SELECT count(*) FROM products')

  return {
    get: async (ids) => new Map(byIds.all(idList(ids)).map((row) => [row[0], readProduct(row)])),
    put: async (products) =>
      products.length === 0 ? [] : writer.run('putProducts', products.map(productToPut)),
    findOutbox: async (after, limit) =>
      outboxes.all(after ?? '', limit).map(([id, outbox]) => ({ id, outbox: readOutbox(outbox) })),
    trimOutbox: async (trims) => {
      if (trims.length > 0) await writer.run('trimProductOutboxes', outboxTrims(trims))
    },
    list: async (after, limit) => page.all(after ?? '', limit).map(readProduct),
    stats: async () => ({ products: counts.get()?.[0] ?? 0 }),
  }
}

const COLUMNS = 'id, rev, version, as_of, outbox, state'
const TABLES = 'products LEFT JOIN product_outboxes USING (id)'
type ProductColumns = [
  id: string,
  rev: number,
  version: number,
  asOf: number,
  outbox: string | null,
  state: string,
]

function readProduct([id, rev, version, asOf, outbox, state]: ProductColumns): ProductDocument {
  return { id, rev, version, asOf, state: JSON.parse(state) as ProductState, outbox: readOutbox(outbox) }
}

function productToPut(product: ProductDocument): ProductToPut {
  return {
    row: [
      integer(product.rev, 'product.rev'),
      integer(product.version, 'product.version'),
      integer(product.asOf, 'product.asOf'),
      json(product.state, 'product.state'),
      text(product.id, 'product.id'),
    ],
    outbox: outboxColumn(product.outbox, 'product.outbox'),
  }
}
