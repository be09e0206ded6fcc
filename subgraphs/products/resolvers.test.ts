import { describe, expect, test } from 'vitest'
import { createLoaders } from '../../loaders/create-loaders.ts'
import { aProduct } from '../../storage/contract/documents.ts'
import { openMemoryStorage } from '../../tests/support/memory-storage.ts'
import { aRequest } from '../../tests/support/people.ts'
import { createProductsSubgraph } from './index.ts'

const said = <T>(value: T) => ({ value, at: 1, key: 'e1' })

async function setUp() {
  const calls: string[] = []
  const storage = openMemoryStorage({ onCall: (name) => calls.push(name) })
  await storage.products.put([
    aProduct('85123A', 1, {
      state: { title: said('Lantern'), price: said(255), currency: said('GBP'), inStock: said(false) },
    }),
    aProduct('BARE', 1, { state: { price: said(5) } }),
  ])
  calls.length = 0
  const subgraph = createProductsSubgraph({ loadersFor: createLoaders({ storage, currency: 'GBP' }) })
  const ask = (document: string, variables: Record<string, unknown> = {}) =>
    subgraph.execute({ document, variables, context: aRequest() })
  return { calls, ask }
}

describe('the products subgraph', () => {
  test('tells what is known of a product, and null for the rest', async () => {
    const { ask } = await setUp()
    const fields = 'id version asOf title price { amount currency } url image category inStock'
    const { data } = await ask(
      `{ a: product(id: "85123A") { ${fields} } b: product(id: "BARE") { ${fields} } }`,
    )
    const nothing = { url: null, image: null, category: null }
    const common = { version: 1, asOf: '1970-01-01T00:00:03.000Z', ...nothing }
    expect(data).toEqual({
      a: {
        id: '85123A',
        title: 'Lantern',
        price: { amount: 255, currency: 'GBP' },
        inStock: false,
        ...common,
      },
      b: { id: 'BARE', title: null, price: null, inStock: null, ...common },
    })
  })

  test('answers many in order with one read, by query and by reference', async () => {
    const { calls, ask } = await setUp()
    const { data } = await ask(
      `query ($ids: [ID!]!, $r: [_Any!]!) {
        products(ids: $ids) { id }
        _entities(representations: $r) { ... on Product { title } }
      }`,
      {
        ids: ['BARE', 'unknown', '85123A', 'BARE', 'NUL \0'],
        r: [
          { __typename: 'Product', id: '85123A' },
          { __typename: 'Product', id: 'unknown' },
        ],
      },
    )
    expect(data).toEqual({
      products: [{ id: 'BARE' }, null, { id: '85123A' }, { id: 'BARE' }, null],
      _entities: [{ title: 'Lantern' }, null],
    })
    expect(calls).toEqual(['products.get'])
  })

  test('refuses more than 500 ids', async () => {
    const { ask } = await setUp()
    const ids = Array.from({ length: 501 }, (_, i) => `sku-${i}`)
    const { errors } = await ask('query ($ids: [ID!]!) { products(ids: $ids) { id } }', { ids })
    expect(errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' })
  })
})
