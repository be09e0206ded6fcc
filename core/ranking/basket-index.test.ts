import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BasketIndex, type Neighbours } from './basket-index.ts'

describe('the basket index', () => {
  test('counts how often products are in one basket, most often first, ties by id', () => {
    const index = new BasketIndex()
    index.setBasket('1', ['lantern', 'candle', 'match'], 1)
    index.setBasket('2', ['lantern', 'match'], 2)
    index.setBasket('3', ['candle', 'bag'], 3)
    expect(pairs(index.neighbours('lantern'))).toEqual({ match: 2, candle: 1 })
    expect(index.neighbours('candle').products.map(({ id }) => id)).toEqual(['bag', 'lantern', 'match'])
    expect(pairs(index.neighbours('unknown'))).toEqual({})
    expect(index.getProduct('candle')?.baskets).toBe(2)
  })

  test('changes nothing when an order is told again, and amends it when told later', () => {
    const index = new BasketIndex()
    index.setBasket('1', ['a', 'b', 'b'], 5)
    index.setBasket('1', ['a', 'b'], 5)
    expect(pairs(index.neighbours('a'))).toEqual({ b: 1 })
    index.setBasket('1', ['a', 'c'], 6)
    expect(pairs(index.neighbours('a'))).toEqual({ c: 1 })
    expect(index.getProduct('b')).toBeNull()
    index.setBasket('1', ['a', 'z'], 4)
    expect(pairs(index.neighbours('a'))).toEqual({ c: 1 })
    index.setBasket('1', [], 7)
    expect(index.size).toBe(0)
    expect(pairs(index.trending())).toEqual({})
  })

  test('lets the newest baskets of a product speak, in whatever order they came', () => {
    const index = new BasketIndex({ maxBasketsPerProduct: 2 })
    for (const [at, other] of [
      [3, 'new'],
      [1, 'old'],
      [4, 'newest'],
      [2, 'older'],
      [0, 'oldest'],
    ] as const) {
      index.setBasket(other, ['a', other], at)
    }
    expect(pairs(index.neighbours('a'))).toEqual({ new: 1, newest: 1 })
  })

  test('tells the products that most of the newest baskets hold', () => {
    const index = new BasketIndex({ maxTrendingBaskets: 2 })
    index.setBasket('1', ['old', 'a'], 1)
    index.setBasket('2', ['a', 'b'], 2)
    index.setBasket('3', ['b', 'c'], 3)
    expect(pairs(index.trending())).toEqual({ b: 2, a: 1, c: 1 })
  })

  test('keeps no more baskets, and no more of a basket, than it may', () => {
    const index = new BasketIndex({ maxBaskets: 2, maxProductsPerBasket: 2 })
    index.setBasket('1', ['a', 'b', 'c'], 1)
    index.setBasket('2', ['a', 'd'], 2)
    index.setBasket('3', ['a', 'e'], 3)
    expect(index.size).toBe(2)
    expect(pairs(index.neighbours('a'))).toEqual({ d: 1, e: 1 })
    expect(index.getProduct('b')).toBeNull()
  })

  test('counts as a plain count over the present baskets does, whatever came before', () => {
    const product = fc.constantFrom('a', 'b', 'c', 'd', 'e')
    const told = fc.tuple(fc.constantFrom('1', '2', '3', '4'), fc.array(product, { maxLength: 4 }))
    fc.assert(
      fc.property(fc.array(told, { maxLength: 20 }), (orders) => {
        const index = new BasketIndex()
        const present = new Map<string, Set<string>>()
        orders.forEach(([order, products], at) => {
          index.setBasket(order, products, at)
          index.neighbours('a')
          present.set(order, new Set(products))
        })
        for (const id of ['a', 'b', 'c', 'd', 'e']) {
          const expected: Record<string, number> = {}
          for (const basket of present.values()) {
            if (!basket.has(id)) continue
            for (const other of basket) if (other !== id) expected[other] = (expected[other] ?? 0) + 1
          }
          expect(pairs(index.neighbours(id))).toEqual(expected)
        }
      }),
    )
  })
})

function pairs({ products, together }: Neighbours): Record<string, number | undefined> {
  return Object.fromEntries(products.map(({ id }, i) => [id, together[i]]))
}
