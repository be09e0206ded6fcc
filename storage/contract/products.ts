import { expect } from 'vitest'
import type { ContractCase } from './case.ts'
import { incrementByMany } from './counting.ts'
import { aChange, aProduct, ids } from './documents.ts'

export function productCases(test: ContractCase): void {
  test('a product is replaced only by the revision above it', async ({ products }) => {
    const second = aProduct('85123A', 2, {
      version: 4,
      asOf: 9,
      state: {
        title: { value: 'Lampička – 灯', at: 2, key: 'e2' },
        price: { value: 255, at: 2, key: 'e2' },
        inStock: { value: false, at: 2, key: 'e2' },
      },
      outbox: [aChange(3), aChange(4)],
    })
    expect(await products.put([aProduct('85123A', 1), aProduct('other', 2)])).toEqual([true, false])
    expect(await products.put([aProduct('85123A', 1), aProduct('85123A', 3), second])).toEqual([
      false,
      false,
      true,
    ])
    expect(await products.get(['85123A', 'other'])).toEqual(new Map([['85123A', second]]))
  })

  test('no update is lost when many write the same product', async ({ products }) => {
    const { attempts, last } = await incrementByMany({
      read: async () => (await products.get(['a'])).get('a')?.version ?? 0,
      write: async (count) => (await products.put([aProduct('a', count)]))[0] === true,
    })
    expect(last).toBe(attempts)
  })

  test('reads 500 products by id and lists all of them in pages', async ({ products }) => {
    const wanted = [...ids('sku', 500), "m's", 'POST', 'Žížala', '灯'].sort()
    await products.put(wanted.map((id) => aProduct(id, 1)))
    expect([...(await products.get([...wanted, 'unknown'])).keys()].sort()).toEqual(wanted)
    const listed: string[] = []
    for (let page = await products.list(null, 100); page.length > 0;) {
      listed.push(...page.map(({ id }) => id))
      page = await products.list(listed.at(-1) ?? null, 100)
    }
    expect(listed.toSorted()).toEqual(wanted)
    expect(await products.stats()).toEqual({ products: 504 })
  })

  test('lists outboxes until they are trimmed', async ({ products }) => {
    await products.put([
      aProduct('a', 1, { outbox: [aChange(1), aChange(2)] }),
      aProduct('b', 1, { outbox: [aChange(1)] }),
      aProduct('c', 1),
    ])
    expect(await products.findOutbox('a', 10)).toEqual([{ id: 'b', outbox: [aChange(1)] }])
    const trims = [
      { id: 'a', version: 1 },
      { id: 'b', version: 1 },
    ]
    await products.trimOutbox(trims)
    await products.trimOutbox(trims)
    expect(await products.findOutbox(null, 10)).toEqual([{ id: 'a', outbox: [aChange(2)] }])
    expect((await products.get(['b'])).get('b')).toEqual(aProduct('b', 1))
  })
}
