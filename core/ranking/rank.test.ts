import { describe, expect, test } from 'vitest'
import { BasketIndex } from './basket-index.ts'
import { rank } from './rank.ts'

const NOTHING = new Set<string>()

describe('ranking products for a person', () => {
  test('puts first what is bought most with what the person bought, and names that product', () => {
    const index = indexOf([
      ['lantern', 'candle'],
      ['lantern', 'candle'],
      ['lantern', 'bag'],
      ['cup', 'plate'],
    ])
    const ranked = rank(index, { bought: touches('lantern'), viewed: [] }, NOTHING, 2)
    expect(ranked.map(({ productId, seed }) => [productId, seed?.productId])).toEqual([
      ['candle', 'lantern'],
      ['bag', 'lantern'],
    ])
    expect(ranked[0]).toMatchObject({ source: 'bought-together', seed: { how: 'bought' } })
  })

  test('leaves out what was bought and what is excluded', () => {
    const index = indexOf([['a', 'b', 'c', 'd']])
    const ranked = rank(index, { bought: touches('a', 'b'), viewed: [] }, new Set(['c']), 10)
    expect(ranked.map(({ productId }) => productId)).toEqual(['d'])
  })

  test('weighs what was bought last more than what was bought before, and both more than a look', () => {
    const index = indexOf([
      ['new', 'with-new'],
      ['old', 'with-old'],
      ['seen', 'with-seen'],
    ])
    const taste = {
      bought: [
        { productId: 'new', at: 9 },
        { productId: 'old', at: 1 },
      ],
      viewed: [{ productId: 'seen', at: 10 }],
    }
    const ranked = rank(index, taste, NOTHING, 3)
    expect(ranked.map(({ productId }) => productId)).toEqual(['with-new', 'with-old', 'with-seen'])
    expect(ranked[2]?.seed).toEqual({ productId: 'seen', how: 'viewed' })
  })

  test('names the product that says most where several lead to the same', () => {
    const index = indexOf([
      ['weak', 'x'],
      ['strong', 'x'],
      ['strong', 'x'],
      ['weak', 'y'],
    ])
    const [best] = rank(index, { bought: touches('weak', 'strong'), viewed: [] }, NOTHING, 1)
    expect(best).toMatchObject({ productId: 'x', seed: { productId: 'strong' } })
  })

  test('fills up with what is trending, and gives nobody known the same', () => {
    const index = indexOf([
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'e'],
    ])
    const ranked = rank(index, { bought: touches('a'), viewed: [] }, NOTHING, 3)
    expect(ranked.map(({ productId, source }) => [productId, source])).toEqual([
      ['b', 'bought-together'],
      ['c', 'trending'],
      ['d', 'trending'],
    ])
    expect(rank(index, { bought: [], viewed: [] }, NOTHING, 1)).toEqual([
      { source: 'trending', productId: 'c', score: 2, seed: null },
    ])
    expect(rank(new BasketIndex(), { bought: touches('a'), viewed: [] }, NOTHING, 5)).toEqual([])
  })

  test('breaks ties by id', () => {
    const index = indexOf([
      ['a', 'z'],
      ['a', 'b'],
      ['a', 'm'],
    ])
    const ranked = rank(index, { bought: touches('a'), viewed: [] }, NOTHING, 3)
    expect(ranked.map(({ productId }) => productId)).toEqual(['b', 'm', 'z'])
  })
})

function indexOf(baskets: string[][]): BasketIndex {
  const index = new BasketIndex()
  baskets.forEach((products, at) => index.setBasket(`order-${at}`, products, at))
  return index
}

function touches(...ids: string[]) {
  return ids.map((productId) => ({ productId, at: 1 }))
}
