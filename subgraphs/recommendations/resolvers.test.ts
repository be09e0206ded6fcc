import { describe, expect, test } from 'vitest'
import { homeProfile } from '../../core/identity/identity-key.ts'
import type { ProfileView } from '../../core/profile/profile.ts'
import { BasketIndex } from '../../core/ranking/basket-index.ts'
import { createLoaders } from '../../loaders/create-loaders.ts'
import { aProduct } from '../../storage/contract/documents.ts'
import { openMemoryStorage } from '../../tests/support/memory-storage.ts'
import { aPerson, aRequest, putPeople } from '../../tests/support/people.ts'
import { createRecommendationsSubgraph } from './index.ts'

const ADA = 'userId:ada'
const said = <T>(value: T) => ({ value, at: 1, key: 'e1' })

/** Everything has its id in capitals as title, but for `unnamed`; `sold` is out of stock; `unlisted` is in no catalogue. */
async function setUp(view: Partial<ProfileView>, baskets: string[][]) {
  const calls: string[] = []
  const storage = openMemoryStorage({ onCall: (name) => calls.push(name) })
  const index = new BasketIndex()
  baskets.forEach((products, at) => index.setBasket(String(at), products, at))
  const listed = [...new Set(baskets.flat())].filter((id) => id !== 'unlisted')
  await storage.products.put(
    listed.map((id) =>
      aProduct(id, 1, {
        state: {
          ...(id !== 'unnamed' && { title: said(id.toUpperCase()) }),
          ...(id === 'sold' && { inStock: said(false) }),
        },
      }),
    ),
  )
  await putPeople(storage, aPerson(ADA, view))
  calls.length = 0
  const subgraph = createRecommendationsSubgraph({
    loadersFor: createLoaders({ storage, currency: 'GBP' }),
    baskets: index,
  })
  const recommend = async (args = '', ids: string[] = [homeProfile(ADA)]) => {
    const { data, errors } = await subgraph.execute({
      document: `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Profile {
        recommendations${args} { product { id } source score reason { kind text product { id } } } } } }`,
      variables: { r: ids.map((id) => ({ __typename: 'Profile', id })) },
      context: aRequest(),
    })
    type Answer = { product: { id: string }; score: number; reason: { text: string } }
    const entities = data?.['_entities'] as { recommendations: Answer[] | null }[]
    return { errors, entities, first: entities[0]?.recommendations ?? null }
  }
  return { calls, recommend, storage }
}

const bought = (...ids: string[]) => ({ bought: ids.map((productId) => ({ productId, at: 1 })) })

describe('the recommendations subgraph', () => {
  test('recommends what goes with what a person bought, and says so with its title', async () => {
    const { recommend } = await setUp(bought('lantern'), [
      ['lantern', 'candle'],
      ['lantern', 'candle'],
      ['lantern', 'bag'],
    ])
    const { first } = await recommend()
    expect(first).toMatchObject([
      {
        product: { id: 'candle' },
        source: 'bought-together',
        reason: { kind: 'BOUGHT_TOGETHER', text: 'Because you bought LANTERN', product: { id: 'lantern' } },
      },
      { product: { id: 'bag' } },
    ])
    expect(first?.[0]?.score).toBeGreaterThan(first?.[1]?.score ?? 0)
  })

  test('leaves out what is sold out, unnamed, unlisted, excluded or bought, and still fills the list', async () => {
    const basket = ['own', 'sold', 'unnamed', 'unlisted', 'unwanted', 'a', 'b', 'c', 'd', 'e']
    const { recommend } = await setUp(bought('own'), [basket, basket])
    const { first } = await recommend('(first: 4, exclude: ["unwanted"])')
    expect(first?.map(({ product }) => product.id)).toEqual(['a', 'b', 'c', 'd'])
  })

  test('goes on until the list is full when most of the best cannot be sold', async () => {
    const unlisted = Array.from({ length: 30 }, (_, i) => `0${i}`)
    const { recommend, storage } = await setUp(bought('own'), [
      ['own', 'x', 'y'],
      ['own', ...unlisted.slice(0, 30)],
    ])
    const known = await storage.products.get(unlisted)
    await storage.products.put(
      [...known.values()].map((product) => ({
        ...product,
        rev: 2,
        state: { ...product.state, inStock: said(false) },
      })),
    )
    const { first } = await recommend('(first: 2)')
    expect(first?.map(({ product }) => product.id)).toEqual(['x', 'y'])
  })

  test('falls back on what is popular, for those who bought nothing', async () => {
    const { recommend } = await setUp({}, [
      ['a', 'b'],
      ['b', 'c'],
    ])
    expect((await recommend('(first: 1)')).first).toEqual([
      {
        product: { id: 'b' },
        source: 'trending',
        score: 2,
        reason: { kind: 'TRENDING', text: 'Popular right now', product: null },
      },
    ])
  })

  test('tells what was looked at from what was bought', async () => {
    const { recommend } = await setUp({ viewed: [{ productId: 'lantern', at: 1 }] }, [['lantern', 'candle']])
    expect((await recommend()).first?.[0]?.reason.text).toBe('Because you looked at LANTERN')
  })

  test('reads the profiles and the products of 100 people once each', async () => {
    const { calls, recommend, storage } = await setUp(bought('lantern'), [
      ['lantern', 'candle', 'bag', 'cup'],
    ])
    const people = Array.from({ length: 100 }, (_, i) => aPerson(`userId:${i}`, bought('lantern')))
    await putPeople(storage, ...people)
    calls.length = 0
    const { entities } = await recommend(
      '(first: 2)',
      people.map(({ id }) => id),
    )
    expect(entities.every(({ recommendations }) => recommendations?.length === 2)).toBe(true)
    expect(calls).toEqual(['profiles.get', 'products.get'])
  })

  test('has none for nobody, and refuses sizes out of bounds', async () => {
    const { recommend } = await setUp({}, [])
    expect((await recommend('', ['p_nobody'])).first).toBeNull()
    expect((await recommend()).first).toEqual([])
    for (const args of ['(first: 0)', '(first: 51)']) {
      expect((await recommend(args)).errors?.[0]?.extensions).toEqual({ code: 'BAD_USER_INPUT' })
    }
  })
})
