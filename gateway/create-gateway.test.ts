import { buildClientSchema, getIntrospectionQuery, printSchema, type IntrospectionQuery } from 'graphql'
import { describe, expect, test } from 'vitest'
import { MonogramError } from '../core/errors.ts'
import { contextFor, createShopGraph, type ShopGraph } from '../tests/support/shop-graph.ts'

describe('a query', () => {
  test('is answered from several subgraphs, through lists and nested entities', async () => {
    const { data } = await ask(
      createShopGraph(),
      `{ people(ids: ["1", "2"]) {
          name
          friends { name orders(first: 1) { id product { title owner { name } } } }
        } }`,
    )
    const bobs = { name: 'Bob', orders: [{ id: 'o2', product: { title: 'Ink', owner: null } }] }
    const anns = { name: 'Ann', orders: [{ id: 'o1', product: { title: 'Pen', owner: { name: 'Bob' } } }] }
    expect(data).toEqual({
      people: [
        { name: 'Ann', friends: [bobs, anns] },
        { name: 'Bob', friends: [] },
      ],
    })
  })

  test('keeps nulls in a list where they were', async () => {
    const { data, errors } = await ask(
      createShopGraph(),
      '{ people(ids: ["2", "9", "1"]) { id orders { id } } }',
    )
    expect(errors).toBeUndefined()
    expect(data).toEqual({
      people: [{ id: '2', orders: [{ id: 'o2' }] }, null, { id: '1', orders: [{ id: 'o1' }, { id: 'o3' }] }],
    })
  })

  test('gives the same field under several aliases with different arguments', async () => {
    const { data } = await ask(
      createShopGraph(),
      `{ a: person(id: "1") { few: orders(first: 1) { id } orders { id } t: trait(key: "a") trait(key: "b") }
         b: person(id: "1") { orders(first: 1) { id } loud: greeting(loud: true) greeting } }`,
    )
    expect(data).toEqual({
      a: {
        few: [{ id: 'o1' }],
        orders: [{ id: 'o1' }, { id: 'o3' }],
        t: { of: '1', key: 'a' },
        trait: { of: '1', key: 'b' },
      },
      b: { orders: [{ id: 'o1' }], loud: 'HELLO ANN@X.ORG', greeting: 'hello ann@x.org' },
    })
  })

  test('may give a field the name of the key or of a required field', async () => {
    const { data } = await ask(
      createShopGraph(),
      '{ person(id: "1") { id: name email: id __typename: name lastProduct { sku: title title: sku } greeting } }',
    )
    expect(data).toEqual({
      person: {
        id: 'Ann',
        email: '1',
        __typename: 'Ann',
        lastProduct: { sku: 'Pen', title: 'p1' },
        greeting: 'hello ann@x.org',
      },
    })
  })

  test('sends a null that a subgraph requires', async () => {
    const { data } = await ask(createShopGraph(), '{ person(id: "2") { greeting } }')
    expect(data).toEqual({ person: { greeting: 'hello stranger' } })
  })

  test('asks for each entity once, however many places want it', async () => {
    const shop = createShopGraph()
    const { data } = await ask(shop, '{ people(ids: ["1", "1", "1"]) { orders { product { title } } } }')
    const orders = [{ product: { title: 'Pen' } }, { product: { title: 'Ink' } }]
    expect(data).toEqual({ people: [{ orders }, { orders }, { orders }] })
    expect(shop.orders.requests.map((request) => representations(request.variables))).toEqual([
      [{ __typename: 'Person', id: '1' }],
    ])
    expect(shop.catalog.requests.map((request) => representations(request.variables))).toEqual([
      [
        { __typename: 'Product', sku: 'p1' },
        { __typename: 'Product', sku: 'p2' },
      ],
    ])
  })

  test('resolves unions, interfaces, interface objects and fragments', async () => {
    const { data, errors } = await ask(
      createShopGraph(),
      `{ search(text: "a") { __typename ... on Person { name lastProduct { title } } ... on Page { url } }
         nodes { __typename id rating ... on Person { label } ...R ... on Person { orders(first: 1) { items { __typename ...I } } } } }
       fragment R on Robot { label model }
       fragment I on Item { ... on Product { title } ... on Voucher { amount } }`,
    )
    expect(errors).toBeUndefined()
    expect(data).toEqual({
      search: [
        { __typename: 'Person', name: 'Ann', lastProduct: { title: 'Pen' } },
        { __typename: 'Page', url: '/ann' },
      ],
      nodes: [
        {
          __typename: 'Person',
          id: '1',
          rating: 1,
          label: 'person Ann',
          orders: [
            {
              items: [
                { __typename: 'Product', title: 'Pen' },
                { __typename: 'Voucher', amount: 5 },
              ],
            },
          ],
        },
        { __typename: 'Robot', id: 'r1', rating: 2, label: 'robot T', model: 'T' },
      ],
    })
  })

  test('passes variables on, with their defaults, and leaves out those that were not given', async () => {
    const shop = createShopGraph()
    const { data } = await ask(
      shop,
      `query Q($ids: [ID!]!, $n: Int = 1, $size: Size, $filter: Filter) {
         people(ids: $ids) { orders(first: $n) { id } }
         echo(value: {a: [1, {b: null}]}, size: LARGE, filter: $filter)
         other: echo(size: $size, filter: $filter)
       }`,
      { ids: [1], filter: { words: ['x'] } },
    )
    expect(data).toEqual({
      people: [{ orders: [{ id: 'o1' }] }],
      echo: { value: { a: [1, { b: null }] }, size: 'LARGE', filter: { size: 'SMALL', words: ['x'] } },
      other: { filter: { size: 'SMALL', words: ['x'] } },
    })
    expect(shop.orders.requests[0]?.variables).toMatchObject({ n: 1 })
  })

  test('honours @skip and @include, by variable and by literal, and asks nobody for what is left out', async () => {
    const shop = createShopGraph()
    const { data } = await ask(
      shop,
      `query($yes: Boolean!, $no: Boolean!) {
         person(id: "1") {
           a: name @include(if: $yes) b: name @include(if: $no) c: name @skip(if: $yes) d: name @skip(if: true)
           lastProduct @include(if: $no) { title }
           ... @skip(if: $yes) { orders { product { title } } }
         }
         people(ids: []) @skip(if: true) { id }
       }`,
      { yes: true, no: false },
    )
    expect(data).toEqual({ person: { a: 'Ann' } })
    expect(shop.catalog.requests).toEqual([])
  })

  test('in which everything is skipped is answered with an empty object', async () => {
    const shop = createShopGraph()
    expect(await ask(shop, '{ person(id: "1") @skip(if: true) { id } }')).toEqual({ data: {} })
    expect(shop.people.requests).toEqual([])
  })

  test('of names and introspection is answered by the gateway alone, and shows nothing inaccessible', async () => {
    const shop = createShopGraph()
    const { data } = await ask(shop, getIntrospectionQuery())
    expect(printSchema(buildClientSchema(data as IntrospectionQuery))).toBe(printSchema(shop.gateway.schema))
    expect(shop.gateway.schema.getType('Person')).toMatchObject({ description: 'Somebody.' })
    expect(printSchema(shop.gateway.schema)).not.toContain('secret')
    expect(await ask(shop, '{ __typename a: __typename }')).toEqual({
      data: { __typename: 'Query', a: 'Query' },
    })
    expect([...shop.people.requests, ...shop.orders.requests, ...shop.catalog.requests]).toEqual([])
  })

  test('may mix introspection with data', async () => {
    const { data } = await ask(
      createShopGraph(),
      'query A { ...F person(id: "1") { name } } fragment F on Query { __type(name: "Person") { name } }',
    )
    expect(data).toEqual({ __type: { name: 'Person' }, person: { name: 'Ann' } })
  })

  test('runs the operation that is named', async () => {
    const shop = createShopGraph()
    const document = 'query A { person(id: "1") { name } } query B { person(id: "2") { name } }'
    const context = contextFor()
    expect(await plain(shop.gateway.execute({ document, operationName: 'B', context }))).toEqual({
      data: { person: { name: 'Bob' } },
    })
    expect(await codes(shop.gateway.execute({ document, context }))).toEqual(['GRAPHQL_VALIDATION_FAILED'])
    expect(await codes(shop.gateway.execute({ document, operationName: 'C', context }))).toEqual([
      'GRAPHQL_VALIDATION_FAILED',
    ])
  })
})

describe('mutations', () => {
  test('run one after the other, across subgraphs', async () => {
    const order: string[] = []
    const shop = createShopGraph({
      people: {
        Mutation: {
          rename: async (_source, { id, name }: { id: string; name: string }) => {
            await Promise.resolve()
            order.push(`rename ${name}`)
            return { __typename: 'Person', id, name }
          },
          touch: () => order.push('touch'),
        },
      },
      orders: { Mutation: { placeOrder: () => void order.push('place') } },
    })
    const { data } = await plain(
      shop.gateway.execute({
        document: `mutation {
          a: rename(id: "1", name: "x") { name orders(first: 1) { id } } placeOrder(person: "1", sku: "p1") { id }
          b: rename(id: "1", name: "y") { name } touch
        }`,
        context: contextFor(['admin']),
      }),
    )
    expect(order).toEqual(['rename x', 'place', 'rename y', 'touch'])
    expect(data).toEqual({
      a: { name: 'x', orders: [{ id: 'o1' }] },
      placeOrder: null,
      b: { name: 'y' },
      touch: 4,
    })
  })

  test('need the scope admin, as queries need read', async () => {
    const shop = createShopGraph()
    const mutation = { document: 'mutation { touch }', context: contextFor(['read']) }
    expect(await codes(shop.gateway.execute(mutation))).toEqual(['FORBIDDEN'])
    const query = { document: '{ __typename }', context: contextFor(['ingest']) }
    expect(await codes(shop.gateway.execute(query))).toEqual(['FORBIDDEN'])
    expect(shop.people.requests).toEqual([])
  })
})

describe('what fails in a subgraph', () => {
  test('is null with an error at each place it would have filled, and leaves the rest', async () => {
    const shop = createShopGraph({}, { subgraphs: { 'order-book': unreachable } })
    const { data, errors } = await ask(
      shop,
      '{ people(ids: ["1", "2"]) { name deals: orders { id } lastProduct { title } } }',
    )
    expect(data).toEqual({
      people: [
        { name: 'Ann', deals: null, lastProduct: null },
        { name: 'Bob', deals: null, lastProduct: null },
      ],
    })
    expect(errors?.map(({ path, extensions }) => [path, extensions])).toEqual([
      [['people', 0, 'deals'], { code: 'SUBGRAPH_FAILED' }],
      [['people', 0, 'lastProduct'], { code: 'SUBGRAPH_FAILED' }],
      [['people', 1, 'deals'], { code: 'SUBGRAPH_FAILED' }],
      [['people', 1, 'lastProduct'], { code: 'SUBGRAPH_FAILED' }],
    ])
  })

  test('takes what depends on it along, and only that', async () => {
    const shop = createShopGraph({
      people: { Person: { email: throws(new MonogramError('STORAGE_UNAVAILABLE', 'the store is away')) } },
    })
    const { data, errors } = await ask(
      shop,
      '{ person(id: "1") { name greeting manager { lastProduct { title } } } }',
    )
    expect(data).toEqual({
      person: { name: 'Ann', greeting: null, manager: { lastProduct: { title: 'Pen' } } },
    })
    expect(errors).toMatchObject([
      {
        message: 'the store is away',
        path: ['person', 'greeting'],
        locations: [{ line: 1, column: 26 }],
        extensions: { code: 'STORAGE_UNAVAILABLE' },
      },
    ])
  })

  test('does not show where the client did not ask for it', async () => {
    const shop = createShopGraph({ people: { Person: { email: throws(new Error('no')) } } })
    const document = 'query($g: Boolean!) { person(id: "1") { name greeting @include(if: $g) } }'
    expect(await ask(shop, document, { g: false })).toEqual({ data: { person: { name: 'Ann' } } })
  })

  test('is told with the path of an entity in the answer, through lists and aliases', async () => {
    const shop = createShopGraph({
      orders: { Order: { total: ({ id }: { id: string }) => (id === 'o2' ? fail('no total') : 1) } },
    })
    const { data, errors } = await ask(
      shop,
      '{ p: people(ids: ["1", "2"]) { o: orders(first: 1) { t: total } } }',
    )
    expect(data).toEqual({ p: [{ o: [{ t: 1 }] }, { o: null }] })
    expect(errors).toMatchObject([{ message: 'no total', path: ['p', 1, 'o', 0, 't'] }])
  })

  test('at one entity does not touch the others', async () => {
    const shop = createShopGraph({
      catalog: {
        Product: {
          __resolveReference: ({ sku }: { sku: string }) =>
            sku === 'p1' ? fail('gone') : { sku, title: 'Ink' },
        },
      },
    })
    const { data, errors } = await ask(shop, '{ topProducts { sku price } }')
    expect(data).toEqual({
      topProducts: [
        { sku: 'p1', price: null },
        { sku: 'p2', price: null },
      ],
    })
    expect(errors).toMatchObject([{ message: 'gone', path: ['topProducts', 0, 'price'] }])
  })

  test('makes a null rise to the nearest field that may be null', async () => {
    const shop = createShopGraph({ catalog: { Product: { title: throws(new Error('no title')) } } })
    const { data, errors } = await ask(shop, '{ topProducts { sku title } person(id: "1") { name } }')
    expect(data).toEqual({ topProducts: null, person: { name: 'Ann' } })
    expect(errors).toMatchObject([{ message: 'no title', path: ['topProducts', 0, 'title'] }])
  })

  test('in a root field that may not be null takes the whole answer', async () => {
    const shop = createShopGraph({ people: { Query: { strict: throws(new Error('no')) } } })
    const { data, errors } = await ask(shop, '{ strict { id } topProducts { sku } }')
    expect(data).toBeNull()
    expect(errors).toMatchObject([{ path: ['strict'] }])
  })

  test('by breaking its own schema is SUBGRAPH_FAILED', async () => {
    const people = {
      execute: () => Promise.resolve({ data: { person: { name: null, id: '1' } } }),
      subscribe: unreachable.subscribe,
    }
    const { data, errors } = await ask(
      createShopGraph({}, { subgraphs: { people } }),
      '{ person(id: "1") { name } }',
    )
    expect(data).toEqual({ person: null })
    expect(errors).toMatchObject([{ path: ['person', 'name'], extensions: { code: 'SUBGRAPH_FAILED' } }])
  })

  test.each([
    ['nothing', {}],
    ['null without a reason', { data: null }],
    ['no entities', { data: {} }],
  ])('by answering with %s is SUBGRAPH_FAILED', async (_name, result) => {
    const orders = { execute: () => Promise.resolve(result), subscribe: unreachable.subscribe }
    const shop = createShopGraph({}, { subgraphs: { 'order-book': orders } })
    const { data, errors } = await ask(shop, '{ person(id: "1") { name orders { id } } }')
    expect(data).toEqual({ person: { name: 'Ann', orders: null } })
    expect(errors).toMatchObject([{ path: ['person', 'orders'], extensions: { code: 'SUBGRAPH_FAILED' } }])
  })

  test('by not answering is given up after the time it has', async () => {
    const silent = { execute: () => new Promise<never>(() => undefined), subscribe: unreachable.subscribe }
    const shop = createShopGraph({}, { subgraphs: { people: silent }, subgraphTimeoutMs: 5 })
    const { data, errors } = await ask(shop, '{ person(id: "1") { name } }')
    expect(data).toEqual({ person: null })
    expect(errors).toMatchObject([{ path: ['person'], extensions: { code: 'SUBGRAPH_FAILED' } }])
  })

  test('cannot reach a prototype through the path of an error', async () => {
    const people = {
      execute: () =>
        Promise.resolve({
          data: { person: {} },
          errors: [{ message: 'x', path: ['__proto__', 'polluted'] } as never],
        }),
      subscribe: unreachable.subscribe,
    }
    await ask(createShopGraph({}, { subgraphs: { people } }), '{ person(id: "1") { name } }')
    expect('polluted' in {}).toBe(false)
  })
})

describe('a subscription', () => {
  test('answers each event with the rest of the plan', async () => {
    const shop = createShopGraph({ people: { Subscription: { personChanged: () => changes(1, 2) } } })
    const results = await shop.gateway.subscribe({
      document:
        'subscription($id: ID!) { c: personChanged(id: $id) { version person { name orders(first: 1) { product { title } } } } }',
      variables: { id: '1' },
      context: contextFor(),
    })
    const received: unknown[] = []
    if (!(Symbol.asyncIterator in results)) throw new Error(JSON.stringify(results))
    for await (const { data } of results) received.push(JSON.parse(JSON.stringify(data)))
    const person = { name: 'Ann', orders: [{ product: { title: 'Pen' } }] }
    expect(received).toEqual([{ c: { version: 1, person } }, { c: { version: 2, person } }])
  })

  test('ends at its source at once when the client goes, though nothing happens', async () => {
    let ended = false
    const idle = {
      next: () => new Promise<never>(() => undefined),
      return: () => {
        ended = true
        return Promise.resolve({ done: true as const, value: undefined })
      },
      [Symbol.asyncIterator]: () => idle,
    }
    const shop = createShopGraph({ people: { Subscription: { personChanged: () => idle } } })
    const document = 'subscription { personChanged(id: "1") { version } }'
    const results = await shop.gateway.subscribe({ document, context: contextFor() })
    if (!(Symbol.asyncIterator in results)) throw new Error(JSON.stringify(results))
    const iterator = results[Symbol.asyncIterator]()
    const pending = iterator.next()
    await iterator.return?.()
    expect(await pending).toEqual({ done: true, value: undefined })
    expect(ended).toBe(true)
  })

  test('that cannot begin is one result with the error', async () => {
    const shop = createShopGraph({ people: { Subscription: { personChanged: throws(new Error('no')) } } })
    const document = 'subscription { personChanged(id: "1") { version } }'
    expect(await shop.gateway.subscribe({ document, context: contextFor() })).toMatchObject({
      errors: [{ message: 'no' }],
    })
  })

  test('is refused where there is no stream', async () => {
    const document = 'subscription { personChanged(id: "1") { version } }'
    expect(await codes(createShopGraph().gateway.execute({ document, context: contextFor() }))).toEqual([
      'BAD_USER_INPUT',
    ])
  })
})

describe('hostile and mistaken input', () => {
  const deep = `{ person(id: "1") { ${'friends { '.repeat(12)} id ${'}'.repeat(12)} } }`
  const wide = `{ person(id: "1") { ...F0 } } ${fragments(9)} fragment F9 on Person { id name }`
  const cases: [string, string, string][] = [
    ['a syntax error', '{ person(', 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', '{ person(id: "1") { foo } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['an unknown argument', '{ person(id: "1", x: 1) { id } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['what is not accessible', '{ person(id: "1") { secret } }', 'GRAPHQL_VALIDATION_FAILED'],
    [
      'the entities of a subgraph',
      '{ _entities(representations: []) { __typename } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    [
      'a fragment that spreads itself',
      '{ person(id: "1") { ...X } } fragment X on Person { friends { ...X } }',
      'GRAPHQL_VALIDATION_FAILED',
    ],
    ['too deep a document', deep, 'QUERY_TOO_DEEP'],
    ['a bomb of fragments', wide, 'QUERY_TOO_LARGE'],
    ['too many tokens', `{ ${'__typename '.repeat(2_000)} }`, 'QUERY_TOO_LARGE'],
    ['too long a document', `{ __typename } # ${'é'.repeat(33_000)}`, 'QUERY_TOO_LARGE'],
    [
      'nesting that is not fields',
      `{ ${'... { '.repeat(600)} __typename ${'}'.repeat(600)} }`,
      'QUERY_TOO_LARGE',
    ],
    ['an alias that is a prototype', '{ __proto__: person(id: "1") { id } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a literal with a prototype', '{ echo(value: {__proto__: {x: 1}}) }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a variable that is missing', 'query($id: ID!) { person(id: $id) { id } }', 'BAD_USER_INPUT'],
  ]
  test.each(cases)('%s is refused before any subgraph is asked', async (_name, document, code) => {
    const shop = createShopGraph()
    const result = await shop.gateway.execute({ document, context: contextFor() })
    expect(result.data).toBeUndefined()
    expect(result.errors?.[0]?.extensions['code']).toBe(code)
    expect(shop.people.requests).toEqual([])
  })

  test('variables with a prototype are refused', async () => {
    const variables = JSON.parse('{"v": [{"__proto__": {"x": 1}}]}') as Record<string, unknown>
    const request = { document: 'query($v: JSON) { echo(value: $v) }', variables, context: contextFor() }
    expect(await codes(createShopGraph().gateway.execute(request))).toEqual(['BAD_USER_INPUT'])
  })

  test('names that objects inherit are just names', async () => {
    const { data } = await ask(
      createShopGraph(),
      '{ constructor: person(id: "1") { toString: name hasOwnProperty: lastProduct { valueOf: title } } }',
    )
    expect(data).toEqual({
      constructor: { toString: 'Ann', hasOwnProperty: { valueOf: 'Pen' } },
    })
  })
})

describe('an operation that costs too much', () => {
  const document = 'query($ids: [ID!]!) { people(ids: $ids) { orders(first: 5) { id } } }'
  const limits = { maxCost: 12 }

  test('is refused with its variables, before a subgraph is asked', async () => {
    const { gateway, people } = createShopGraph({}, { limits })
    const refused = await gateway.execute({
      document,
      variables: { ids: ['1', '2', '3'] },
      context: contextFor(),
    })
    expect(refused.errors).toMatchObject([
      {
        message: expect.stringContaining('costs 18, and at most 12'),
        extensions: { code: 'QUERY_TOO_COSTLY' },
      },
    ])
    expect(people.requests).toEqual([])
    const { errors } = await gateway.execute({
      document,
      variables: { ids: ['1', '2'] },
      context: contextFor(),
    })
    expect(errors).toBeUndefined()
  })

  test('can be read from its plan, and is run for one who sets another maximum', async () => {
    const { gateway } = createShopGraph({}, { limits })
    const variables = { ids: ['1', '2', '3'] }
    const planned = await gateway.plan(document)
    expect(planned.kind === 'planned' && planned.cost(variables)).toBe(18)
    const { errors } = await gateway.execute({
      document,
      variables,
      context: contextFor(),
      maxCost: Infinity,
    })
    expect(errors).toBeUndefined()
  })

  test('is as hostile as lists in lists', async () => {
    const { gateway } = createShopGraph()
    const deep = `{ people(ids: ["1"]) ${'{ friends '.repeat(5)} { id } ${'}'.repeat(5)} }`
    expect(await codes(gateway.execute({ document: deep, context: contextFor() }))).toEqual([
      'QUERY_TOO_COSTLY',
    ])
  })
})

test('a supergraph with a subgraph that nothing serves is refused at once', async () => {
  const { createGateway } = await import('./create-gateway.ts')
  const { supergraphSdl, people } = createShopGraph()
  expect(() => createGateway({ supergraphSdl, subgraphs: { PEOPLE: people } })).toThrow(
    'the supergraph has subgraphs that nothing serves: Catalog, order-book',
  )
})

const unreachable = {
  execute: () => Promise.reject(new Error('connect ECONNREFUSED')),
  subscribe: () => Promise.reject(new Error('connect ECONNREFUSED')),
}

interface PlainResult {
  data?: unknown
  errors?: readonly {
    message: string
    path?: readonly (string | number)[]
    extensions?: Record<string, unknown>
  }[]
}

function ask(shop: ShopGraph, document: string, variables?: Record<string, unknown>): Promise<PlainResult> {
  return plain(shop.gateway.execute({ document, variables: variables ?? {}, context: contextFor() }))
}

/** As a client would get it: results have no prototypes, which `toEqual` would take for a difference. */
async function plain(result: Promise<unknown>): Promise<PlainResult> {
  return JSON.parse(JSON.stringify(await result)) as PlainResult
}

async function codes(result: Promise<unknown>): Promise<unknown[] | undefined> {
  return (await plain(result)).errors?.map((error) => error.extensions?.['code'])
}

function representations(variables: Record<string, unknown> | undefined): unknown {
  const name = Object.keys(variables ?? {}).find((key) => key.includes('rep'))
  return JSON.parse(JSON.stringify(variables?.[name ?? '']))
}

function throws(error: Error): () => never {
  return () => {
    throw error
  }
}

function fail(message: string): never {
  throw new Error(message)
}

async function* changes(...versions: number[]): AsyncGenerator<object> {
  for (const version of versions) {
    yield { personChanged: { version, person: { __typename: 'Person', id: '1', name: 'Ann' } } }
  }
}

function fragments(count: number): string {
  return Array.from(
    { length: count },
    (_, index) =>
      `fragment F${index} on Person { a: friends { ...F${index + 1} } b: friends { ...F${index + 1} } }`,
  ).join(' ')
}
