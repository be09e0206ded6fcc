import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mergeProduct } from '../../core/products/product-state.ts'
import type { ProductPatch, ProductState } from '../../core/products/product.ts'
import { createProductCollector } from './product-collector.ts'

interface News {
  id: string
  at: number
  origin: string
  title: string
}

async function collect(news: readonly News[], maxHeld: number): Promise<Record<string, ProductState>> {
  const catalogue: Record<string, ProductState> = {}
  const collector = createProductCollector({
    source: 'import:test',
    maxHeld,
    products: {
      upsert(patches: readonly ProductPatch[]) {
        for (const { id, state } of patches) catalogue[id] = mergeProduct(catalogue[id] ?? {}, state)
        return Promise.resolve()
      },
    },
  })
  for (const { id, at, origin, title } of news) {
    if (collector.add({ id, at, fields: { title } }, origin)) await collector.flush()
  }
  await collector.flush()
  return catalogue
}

test('the newest news wins, whatever the order of groups and however often it is written', async () => {
  const news = fc.record({
    id: fc.constantFrom('a', 'b', 'c'),
    at: fc.nat(3),
    origin: fc.constantFrom('1', '2', '3'),
  })
  await fc.assert(
    fc.asyncProperty(fc.array(news), fc.integer({ min: 1, max: 4 }), async (given, maxHeld) => {
      // One title a group, product and time: within a group the order of the file decides.
      const all = given.map((each) => ({ ...each, title: `${each.origin}@${each.at}` }))
      expect(await collect(all.toReversed(), maxHeld)).toEqual(await collect(all, 100))
    }),
  )
})

test('within a group the later row wins a tie', async () => {
  const rows = ['first', 'second'].map((title) => ({ id: 'a', at: 1, origin: '1', title }))
  expect((await collect(rows, 100))['a']?.title?.value).toBe('second')
})
