import { expect, test } from 'vitest'
import { contextFor } from '../../tests/support/shop-graph.ts'
import type { GatewayRequest } from '../create-gateway.ts'
import { composeGraph, type ComposedGraph } from '../../tests/support/compose-graph.ts'

test('@requires with an argument asks the other subgraph with that argument', async () => {
  const graph = composeGraph({
    prices: {
      sdl: `type Query { item: Item }
        type Item @key(fields: "id") { id: ID! price(currency: String!): Int }`,
      entities: ['Item'],
      resolvers: {
        Query: { item: () => ({ id: 'i1' }) },
        Item: {
          __resolveReference: (reference: object) => reference,
          price: (_source, { currency }: { currency: string }) => (currency === 'EUR' ? 90 : 100),
        },
      },
    },
    labels: {
      sdl: `type Item @key(fields: "id") {
          id: ID! price(currency: String!): Int @external
          euros: String @requires(fields: "price(currency: \\"EUR\\")")
          dollars: String @requires(fields: "price(currency: \\"USD\\")") }`,
      entities: ['Item'],
      resolvers: {
        Item: {
          __resolveReference: (reference: object) => reference,
          euros: ({ price }: { price: number }) => `${price} EUR`,
          dollars: ({ price }: { price: number }) => `${price} USD`,
        },
      },
    },
  })
  expect(await ask(graph, '{ item { euros dollars price(currency: "USD") } }')).toEqual({
    data: { item: { euros: '90 EUR', dollars: '100 USD', price: 100 } },
  })
})

test('compound, nested and second keys lead from one subgraph to the next', async () => {
  const graph = composeGraph({
    a: {
      sdl: `type Query { book: Book }
        type Book @key(fields: "isbn") @key(fields: "shelf { room { number } place }") {
          isbn: ID! shelf: Shelf }
        type Shelf @shareable { room: Room place: Int }
        type Room @shareable { number: Int }`,
      entities: ['Book'],
      resolvers: { Query: { book: () => ({ isbn: '1', shelf: { room: { number: 7 }, place: 3 } }) } },
    },
    b: {
      sdl: `type Book @key(fields: "shelf { room { number } place }") @key(fields: "code") {
          shelf: Shelf code: ID! weight: Int }
        type Shelf @shareable { room: Room place: Int }
        type Room @shareable { number: Int }`,
      entities: ['Book'],
      resolvers: {
        Book: {
          __resolveReference: ({ shelf }: { shelf: { room: { number: number }; place: number } }) => ({
            shelf,
            code: `${shelf.room.number}-${shelf.place}`,
            weight: 5,
          }),
        },
      },
    },
    c: {
      sdl: `type Book @key(fields: "code") { code: ID! reviews: [String!] }`,
      entities: ['Book'],
      resolvers: {
        Book: { __resolveReference: ({ code }: { code: string }) => ({ code, reviews: [`of ${code}`] }) },
      },
    },
  })
  expect(await ask(graph, '{ book { reviews weight } }')).toEqual({
    data: { book: { reviews: ['of 7-3'], weight: 5 } },
  })
})

test('what @provides says is there is not asked for again', async () => {
  const graph = composeGraph({
    a: {
      sdl: `type Query { lead: Person @provides(fields: "name") }
        type Person @key(fields: "id") { id: ID! name: String @external }`,
      resolvers: { Query: { lead: () => ({ id: '1', name: 'Ann' }) } },
    },
    b: {
      sdl: `type Person @key(fields: "id") { id: ID! name: String @shareable }`,
      entities: ['Person'],
      resolvers: { Person: { __resolveReference: () => ({ id: '1', name: 'Ann' }) } },
    },
  })
  expect(await ask(graph, '{ lead { name } }')).toEqual({ data: { lead: { name: 'Ann' } } })
  expect(graph.subgraphs['b']?.requests).toEqual([])
})

const media = {
  library: {
    sdl: `type Query { media: [Media!]! }
      interface Media @key(fields: "id") { id: ID! title: String }
      type Film implements Media @key(fields: "id") { id: ID! title: String minutes: Int }
      type Song implements Media @key(fields: "id") { id: ID! title: String artist: String }`,
    entities: ['Film', 'Song'],
    resolvers: {
      Query: {
        media: () => [
          { __typename: 'Film', id: 'f', title: 'Film f', minutes: 90 },
          { __typename: 'Song', id: 's', title: 'Song s', artist: 'Ann' },
        ],
      },
      Film: { __resolveReference: ({ id }: { id: string }) => ({ id, title: `Film ${id}`, minutes: 90 }) },
      Song: { __resolveReference: ({ id }: { id: string }) => ({ id, title: `Song ${id}`, artist: 'Ann' }) },
    },
  },
  votes: {
    sdl: `type Query { best: Media }
      type Media @key(fields: "id") @interfaceObject { id: ID! votes: Int }`,
    entities: ['Media'],
    resolvers: {
      Query: { best: () => ({ id: 's', votes: 2 }) },
      Media: { __resolveReference: ({ id }: { id: string }) => ({ id, votes: id === 's' ? 2 : 1 }) },
    },
  },
}

test('an interface object adds its field to every type of the interface', async () => {
  const graph = composeGraph(media)
  expect(await ask(graph, '{ media { __typename votes ... on Film { minutes } } }')).toEqual({
    data: {
      media: [
        { __typename: 'Film', votes: 1, minutes: 90 },
        { __typename: 'Song', votes: 2 },
      ],
    },
  })
})

test('an object of which only the interface is known has what the interface has, without its type', async () => {
  const graph = composeGraph(media)
  expect(await ask(graph, '{ best { id votes } }')).toEqual({ data: { best: { id: 's', votes: 2 } } })
})

test('an enum value that clients may not see is an error, where the others are values', async () => {
  const graph = composeGraph({
    a: {
      sdl: `type Query { sizes: [Size] first: Size! } enum Size { SMALL LARGE HIDDEN @inaccessible }`,
      resolvers: { Query: { sizes: () => ['SMALL', 'HIDDEN', 'LARGE'], first: () => 'SMALL' } },
    },
  })
  const { data, errors } = await ask(graph, '{ sizes first }')
  expect(data).toEqual({ sizes: ['SMALL', null, 'LARGE'], first: 'SMALL' })
  expect(errors).toMatchObject([{ path: ['sizes', 1], extensions: { code: 'SUBGRAPH_FAILED' } }])
  expect(JSON.stringify(errors)).not.toContain('HIDDEN')
})

test('conditions by variable choose what is fetched', async () => {
  const graph = composeGraph(media)
  const document = 'query($v: Boolean!) { media { id votes @include(if: $v) title @skip(if: $v) } }'
  const with_ = await ask(graph, document, { variables: { v: true } })
  expect(with_.data).toEqual({
    media: [
      { id: 'f', votes: 1 },
      { id: 's', votes: 2 },
    ],
  })
  const asked = graph.subgraphs['votes']?.requests.length
  const without = await ask(graph, document, { variables: { v: false } })
  expect(without.data).toEqual({
    media: [
      { id: 'f', title: 'Film f' },
      { id: 's', title: 'Song s' },
    ],
  })
  expect(graph.subgraphs['votes']?.requests.length).toBe(asked)
})

test('a field moved by @override with a label goes where the label says', async () => {
  const parts = {
    old: {
      sdl: `type Query { thing: Thing } type Thing @key(fields: "id") { id: ID! a: String b: String }`,
      entities: ['Thing'],
      resolvers: {
        Query: { thing: () => ({ id: '1', a: 'old', b: 'old' }) },
        Thing: { __resolveReference: () => ({ id: '1', a: 'old', b: 'old' }) },
      },
    },
    new: {
      sdl: `type Thing @key(fields: "id") { id: ID!
        a: String @override(from: "old", label: "percent(30)")
        b: String @override(from: "old", label: "beta") }`,
      entities: ['Thing'],
      resolvers: { Thing: { __resolveReference: () => ({ id: '1', a: 'new', b: 'new' }) } },
    },
  }
  let drawn = 29
  const graph = composeGraph(parts, {
    overrides: { activeLabels: ['beta'], drawPercentage: () => drawn },
  })
  expect(await ask(graph, '{ thing { a b } }')).toEqual({ data: { thing: { a: 'new', b: 'new' } } })
  drawn = 30
  expect(await ask(graph, '{ thing { a b } }')).toEqual({ data: { thing: { a: 'old', b: 'new' } } })
})

test('two subgraphs that share a value type each give their part of it', async () => {
  const graph = composeGraph({
    a: {
      sdl: `type Query { box: Box @shareable } type Box @shareable { size: Size }
        type Size { width: Int }`,
      resolvers: { Query: { box: () => ({ size: { width: 1 } }) } },
    },
    b: {
      sdl: `type Query { box: Box @shareable } type Box @shareable { size: Size }
        type Size { height: Int }`,
      resolvers: { Query: { box: () => ({ size: { height: 2 } }) } },
    },
  })
  expect(await ask(graph, '{ box { size { width height } } }')).toEqual({
    data: { box: { size: { width: 1, height: 2 } } },
  })
})

async function ask(
  { gateway }: ComposedGraph,
  document: string,
  request: Partial<GatewayRequest> = {},
): Promise<{ data?: unknown; errors?: unknown }> {
  const result = await gateway.execute({ document, context: contextFor(), ...request })
  return JSON.parse(JSON.stringify(result)) as { data?: unknown; errors?: unknown }
}
