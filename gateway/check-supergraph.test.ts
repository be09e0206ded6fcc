import { describe, expect, test } from 'vitest'
import { createShopGraph } from '../tests/support/shop-graph.ts'
import { checkSupergraph } from './check-supergraph.ts'

const { supergraphSdl } = createShopGraph()

test('names the subgraphs of a supergraph, and where they are', () => {
  expect(checkSupergraph(supergraphSdl, 'shop.graphql')).toEqual([
    { enumValue: 'CATALOG', name: 'Catalog', url: 'http://catalog.internal' },
    { enumValue: 'ORDER_BOOK', name: 'order-book', url: 'http://orders.internal' },
    { enumValue: 'PEOPLE', name: 'people', url: 'http://people.internal' },
  ])
})

describe('says by file and line what is wrong with', () => {
  const last = supergraphSdl.split('\n').length
  const cases: [string, string, string][] = [
    ['half a file', supergraphSdl.slice(0, -30), 'Syntax Error: '],
    ['an empty file', '', 'shop.graphql: expected a composed supergraph, got an empty file: compose the'],
    [
      'nothing but comments',
      ' # later\n#\n',
      'expected a composed supergraph, got one with spaces and comments',
    ],
    ['what is no supergraph', 'type Query { a: Int }', 'shop.graphql: expected a composed supergraph'],
    [
      'a type that does not exist',
      `${supergraphSdl}\ntype Extra { field: Missing }`,
      `shop.graphql:${last + 1}:21: Unknown type "Missing".`,
    ],
    [
      'a subgraph that does not exist',
      `${supergraphSdl}\ntype Extra @join__type(graph: NOBODY) { field: Int }`,
      `shop.graphql:${last + 1}:31: @join__type names the subgraph NOBODY, which join__Graph does not have`,
    ],
  ]
  test.each(cases)('%s', (_name, text, expected) => {
    expect(() => checkSupergraph(text, 'shop.graphql')).toThrow(expected)
  })

  test('several things, each on a line', () => {
    const text = `${supergraphSdl}\ntype Extra @nothing { field: Missing }`
    expect(() => checkSupergraph(text, 's.graphql')).toThrow(/Missing.*\n.*@nothing|@nothing.*\n.*Missing/)
  })
})
