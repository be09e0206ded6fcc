import { composeServices } from '@theguild/federation-composition'
import { parse } from 'graphql'
import type { RequestContext } from '../../core/access/request-context.ts'
import { createGateway, type Gateway, type GatewayOptions } from '../../gateway/create-gateway.ts'
import { subgraphOfSdl, type Resolvers, type TestSubgraph } from './subgraph-of-sdl.ts'

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3",
  import: ["@key", "@requires", "@external", "@inaccessible", "@shareable", "@interfaceObject"])`

const PEOPLE = `
  "Where queries begin."
  type Query {
    person(id: ID!): Person
    people(ids: [ID!]!): [Person]!
    search(text: String!): [Hit!]!
    nodes: [Node!]!
    echo(value: JSON, size: Size, filter: Filter): JSON
    failing: Person
    strict: Person!
  }
  type Mutation { rename(id: ID!, name: String!): Person  touch: Int! }
  type Subscription { personChanged(id: ID!): PersonChange! }
  type PersonChange { person: Person  version: Int! }
  interface Node @key(fields: "id") { id: ID! }
  "Somebody."
  type Person implements Node @key(fields: "id") {
    id: ID!
    name: String!
    email: String
    friends: [Person!]
    manager: Person
    trait(key: String!): JSON
    secret: String @inaccessible
    label: String
    nick: String @deprecated(reason: "use name")
  }
  type Robot implements Node @key(fields: "id") { id: ID!  model: String  label: String! @shareable }
  union Hit = Person | Page
  type Page { name: String  url: String! }
  enum Size { SMALL LARGE }
  input Filter { size: Size = SMALL  words: [String!] }
  scalar JSON
`

const ORDERS = `
  type Query { topProducts(first: Int = 2): [Product!] }
  type Mutation { placeOrder(person: ID!, sku: ID!): Order }
  type Person @key(fields: "id") {
    id: ID!
    email: String @external
    orders(first: Int): [Order!]
    greeting(loud: Boolean): String @requires(fields: "email")
    lastProduct: Product
  }
  type Node @key(fields: "id") @interfaceObject { id: ID!  rating: Int }
  type Order { id: ID!  product: Product  items: [Item!]!  total: Int! }
  union Item = Product | Voucher
  type Voucher @key(fields: "code") { code: ID! }
  type Product @key(fields: "sku") { sku: ID! }
`

const CATALOG = `
  type Query { product(sku: ID!): Product }
  type Product @key(fields: "sku") { sku: ID!  title: String!  price: Int  owner: Person }
  type Voucher @key(fields: "code") { code: ID!  amount: Int }
  type Person @key(fields: "id", resolvable: false) { id: ID! }
  type Robot @key(fields: "id", resolvable: false) { id: ID!  label: String @shareable }
`

export interface ShopGraph {
  gateway: Gateway
  people: TestSubgraph
  orders: TestSubgraph
  catalog: TestSubgraph
  supergraphSdl: string
}

/** Replaces the resolvers of SHOP, field by field. */
export interface ShopResolvers {
  people?: Resolvers
  orders?: Resolvers
  catalog?: Resolvers
}

/** Ann (1), who is a friend of Bob (2); Bob has no e-mail address. Products are p1 and p2, orders o1 (Ann) and o2 (Bob). */
export const SHOP: { people: Resolvers; orders: Resolvers; catalog: Resolvers } = {
  people: {
    Query: {
      person: (_source, { id }: { id: string }) => PERSONS[id] ?? null,
      people: (_source, { ids }: { ids: string[] }) => ids.map((id) => PERSONS[id] ?? null),
      search: () => [PERSONS['1'], { __typename: 'Page', name: 'About Ann', url: '/ann' }],
      nodes: () => [PERSONS['1'], { __typename: 'Robot', id: 'r1', model: 'T', label: 'robot T' }],
      echo: (_source, args: object) => args,
    },
    Mutation: {
      rename: (_source, { id, name }: { id: string; name: string }) => ({ ...PERSONS[id], name }),
      touch: () => 1,
    },
    Person: {
      __resolveReference: ({ id }: { id: string }) => PERSONS[id] ?? null,
      friends: ({ friendIds }: { friendIds: string[] }) => friendIds.map((id) => PERSONS[id]),
      manager: ({ managerId }: { managerId: string | null }) =>
        managerId === null ? null : PERSONS[managerId],
      trait: ({ id }: { id: string }, { key }: { key: string }) => ({ of: id, key }),
    },
  },
  orders: {
    Query: {
      topProducts: (_source, { first }: { first?: number }) => [{ sku: 'p1' }, { sku: 'p2' }].slice(0, first),
    },
    Mutation: {
      placeOrder: (_source, { sku }: { sku: string }) => ({
        id: 'o9',
        product: { sku },
        items: [],
        total: 1,
      }),
    },
    Node: { __resolveReference: ({ id }: { id: string }) => ({ id, rating: id.length }) },
    Product: { __resolveReference: ({ sku }: { sku: string }) => ({ sku }) },
    Person: {
      __resolveReference: (reference: object) => reference,
      orders: ({ id }: { id: string }, { first }: { first?: number }) =>
        ORDERS_OF[id]?.slice(0, first ?? undefined) ?? [],
      greeting: ({ email }: { email: string | null }, { loud }: { loud?: boolean }) => {
        const text = email === null ? 'hello stranger' : `hello ${email}`
        return loud ? text.toUpperCase() : text
      },
      lastProduct: () => ({ sku: 'p1' }),
    },
  },
  catalog: {
    Query: { product: (_source, { sku }: { sku: string }) => PRODUCTS[sku] ?? null },
    Product: { __resolveReference: ({ sku }: { sku: string }) => PRODUCTS[sku] ?? null },
    Voucher: { __resolveReference: ({ code }: { code: string }) => ({ code, amount: 5 }) },
  },
}

const PERSONS: Record<string, object> = {
  '1': {
    __typename: 'Person',
    id: '1',
    name: 'Ann',
    label: 'person Ann',
    email: 'ann@x.org',
    friendIds: ['2', '1'],
    managerId: '2',
  },
  '2': { __typename: 'Person', id: '2', name: 'Bob', email: null, friendIds: [], managerId: null },
}

const PRODUCTS: Record<string, object> = {
  p1: { sku: 'p1', title: 'Pen', price: 100, owner: { id: '2' } },
  p2: { sku: 'p2', title: 'Ink', price: 200, owner: null },
}

const ORDERS_OF: Record<string, object[]> = {
  '1': [
    {
      id: 'o1',
      product: { sku: 'p1' },
      items: [
        { __typename: 'Product', sku: 'p1' },
        { __typename: 'Voucher', code: 'v1' },
      ],
      total: 3,
    },
    { id: 'o3', product: { sku: 'p2' }, items: [], total: 4 },
  ],
  '2': [{ id: 'o2', product: { sku: 'p2' }, items: [{ __typename: 'Product', sku: 'p2' }], total: 7 }],
}

/** A small shop of three federated subgraphs behind a gateway; the supergraph spells their names in three ways. */
export function createShopGraph(
  resolvers: ShopResolvers = {},
  options: Partial<GatewayOptions> = {},
): ShopGraph {
  const people = subgraphOfSdl(
    parse(LINK + PEOPLE),
    ['Person', 'Robot'],
    overlay(SHOP.people, resolvers.people),
  )
  const orders = subgraphOfSdl(
    parse(LINK + ORDERS),
    ['Person', 'Node', 'Voucher', 'Product'],
    overlay(SHOP.orders, resolvers.orders),
  )
  const catalog = subgraphOfSdl(
    parse(LINK + CATALOG),
    ['Product', 'Voucher', 'Person', 'Robot'],
    overlay(SHOP.catalog, resolvers.catalog),
  )
  const supergraphSdl = supergraph()
  const subgraphs = { people, 'order-book': orders, catalog, ...options.subgraphs }
  const gateway = createGateway({ supergraphSdl, ...options, subgraphs })
  return { gateway, people, orders, catalog, supergraphSdl }
}

export function contextFor(scopes: RequestContext['principal']['scopes'] = ['read']): RequestContext {
  return { requestId: 'test', principal: { kind: 'api-key', id: 'k1', name: 'test', scopes } }
}

function overlay(base: Resolvers, over: Resolvers = {}): Resolvers {
  const types = new Set([...Object.keys(base), ...Object.keys(over)])
  return Object.fromEntries([...types].map((type) => [type, { ...base[type], ...over[type] }]))
}

let composed: string | undefined

function supergraph(): string {
  if (composed !== undefined) return composed
  const result = composeServices([
    { name: 'people', typeDefs: parse(LINK + PEOPLE), url: 'http://people.internal' },
    { name: 'order-book', typeDefs: parse(LINK + ORDERS), url: 'http://orders.internal' },
    { name: 'Catalog', typeDefs: parse(LINK + CATALOG), url: 'http://catalog.internal' },
  ])
  if (result.supergraphSdl === undefined) {
    throw new Error(result.errors?.map((error) => error.message).join('\n'))
  }
  composed = result.supergraphSdl
  return composed
}
