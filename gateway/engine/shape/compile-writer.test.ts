import { expect, test } from 'vitest'
import { contextFor, createShopGraph } from '../../../tests/support/shop-graph.ts'

/** More than it takes for an operation to get a writer of its own. */
const OFTEN = 25

const documents: [string, string][] = [
  [
    'lists and nested objects',
    '{ people(ids: ["1", "9", "2"]) { id name friends { id o: orders { id total } } } }',
  ],
  [
    'nulls',
    '{ person(id: "2") { email manager { name } lastProduct { owner { name } } } none: person(id: "9") { id } }',
  ],
  [
    'unions and interfaces',
    '{ search(text: "a") { __typename ... on Page { url } } nodes { id rating ... on Robot { model } } }',
  ],
  ['custom scalars', '{ echo(value: {a: [1, "\\"", null]}) person(id: "1") { trait(key: "é\\u2028") } }'],
  ['names that objects inherit', '{ constructor: person(id: "1") { toString: name __typename } }'],
  ['introspection', '{ __type(name: "Person") { name } person(id: "1") { __typename name } }'],
  ['nothing', '{ person(id: "1") @skip(if: true) { id } }'],
]

test.each(documents)(
  'an operation that is asked often is answered as at first: %s',
  async (_name, document) => {
    const { gateway } = createShopGraph()
    const { data } = await gateway.execute({ document, context: contextFor() })
    for (let use = 0; use < OFTEN; use++) {
      const answer = await gateway.executeToJson({ document, context: contextFor() })
      expect(answer).toEqual({ kind: 'answered', data: [JSON.stringify(data)], errors: [], degraded: [] })
    }
  },
)

test.each([
  ['a null where none may be', null],
  ['a number for a text', 5],
  ['an object for a text', {}],
])('and says what is wrong with %s', async (_name, title) => {
  let isBroken = false
  const catalog = {
    execute: () => Promise.resolve({ data: { product: { sku: 'p1', title: isBroken ? title : 'Pen' } } }),
    subscribe: () => Promise.reject(new Error('no')),
  }
  const { gateway } = createShopGraph({}, { subgraphs: { catalog } })
  const document = '{ product(sku: "p1") { title } }'
  for (let use = 0; use < OFTEN; use++) {
    const answer = await gateway.executeToJson({ document, context: contextFor() })
    expect(answer).toMatchObject({ data: ['{"product":{"title":"Pen"}}'] })
  }
  isBroken = true
  const { data, errors = [] } = await gateway.execute({ document, context: contextFor() })
  const answer = await gateway.executeToJson({ document, context: contextFor() })
  expect(answer).toMatchObject({ kind: 'answered', data: [JSON.stringify(data)] })
  expect(answer.errors.map(({ message, path }) => ({ message, path }))).toEqual(
    errors.map(({ message, path }) => ({ message, path })),
  )
})
