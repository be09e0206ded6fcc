import type { RequestContext } from '../../core/access/request-context.ts'
import { EntityCache, type EntityCacheOptions } from '../../gateway/cache/entity-cache.ts'
import type { FeedFollower } from '../../gateway/cache/feed/follow-feed.ts'
import type { GatewayOptions } from '../../gateway/create-gateway.ts'
import { partitionOf } from '../../stream/partition.ts'
import { composeGraph, type ComposedGraph } from './compose-graph.ts'

const DIRECTIVES = `
  extend schema
    @link(url: "https://monogram.dev/cache/v1.0", import: ["@cacheControl", "@fenced", "@entityLookup"])
    @composeDirective(name: "@cacheControl") @composeDirective(name: "@fenced") @composeDirective(name: "@entityLookup")
  directive @cacheControl(
    maxAge: Int!, scope: CacheScope, staleWhileRevalidate: Int, staleIfError: Int
  ) on OBJECT | FIELD_DEFINITION
  directive @fenced(version: String!, expiresAt: String) on OBJECT
  directive @entityLookup(by: String!, key: String) on FIELD_DEFINITION
  enum CacheScope { PUBLIC PRIVATE }
`

const PEOPLE = `${DIRECTIVES}
  type Query {
    person(by: PersonKey!): Person @entityLookup(by: "by", key: "id")
    people(by: [PersonKey!]!): [Person]! @entityLookup(by: "by", key: "id")
  }
  input PersonKey { id: ID  email: String }
  type Person
    @key(fields: "id")
    @fenced(version: "version", expiresAt: "nextChangeAt")
    @cacheControl(maxAge: 300, staleWhileRevalidate: 30, staleIfError: 3600) {
    id: ID!
    version: Int!
    nextChangeAt: String @inaccessible
    name: String
    email: String
    age: Int
    stats(currency: String): Stats
    lag: Int @cacheControl(maxAge: 0)
    mine: String @cacheControl(maxAge: 60, scope: PRIVATE)
    rights: String
    favourite: Thing
  }
  type Stats { orders: Int  currency: String }
  type Thing @key(fields: "sku", resolvable: false) { sku: ID! }
`

const THINGS = `${DIRECTIVES}
  type Query { thing(sku: ID!): Thing @entityLookup(by: "sku") }
  type Thing @key(fields: "sku") @cacheControl(maxAge: 60) { sku: ID!  title: String  price: Int }
`

const TIPS = `${DIRECTIVES}
  type Query { nothing: Int }
  type Person @key(fields: "id") {
    id: ID!
    tips(first: Int = 2): [Tip!] @cacheControl(maxAge: 10)
    mood: String
  }
  type Tip { score: Float!  thing: Thing }
  type Thing @key(fields: "sku", resolvable: false) { sku: ID! }
`

/** A person as the store of this graph has them. */
export interface StoredPerson {
  id: string
  version: number
  name: string
  email: string
  age: number
  nextChangeAt?: string | null
}

export interface CachedGraph extends ComposedGraph {
  cache: EntityCache
  people: Map<string, StoredPerson>
  /** Writes a person, and tells the feed unless told not to. */
  write: (person: StoredPerson, options?: { isTold?: boolean }) => void
  ask: (
    document: string,
    variables?: Record<string, unknown>,
    context?: Partial<RequestContext>,
  ) => Promise<unknown>
  /** How many calls each subgraph had. */
  calls: () => Record<string, number>
  now: { at: number }
}

/** Three subgraphs, people with versions and a feed, with an entity cache in front of them. */
export function cachedGraph(
  cacheOptions: Partial<EntityCacheOptions> = {},
  gatewayOptions: Partial<GatewayOptions> = {},
): CachedGraph {
  const now = { at: 1_000_000 }
  const people = new Map<string, StoredPerson>()
  const cache = new EntityCache({
    maxBytes: 1_000_000,
    feed: FEED,
    store: null,
    clock: () => now.at,
    ...cacheOptions,
  })
  const follower: FeedFollower = cache
  follower.hold('all')
  const find = ({ id, email }: { id?: string | null; email?: string | null }): StoredPerson | null =>
    (id ? people.get(id) : [...people.values()].find((person) => person.email === email)) ?? null
  const graph = composeGraph(
    {
      people: {
        sdl: PEOPLE,
        entities: ['Person'],
        resolvers: {
          Query: {
            person: (_: unknown, { by }: { by: { id?: string; email?: string } }) => find(by),
            people: (_: unknown, { by }: { by: { id?: string; email?: string }[] }) => by.map(find),
          },
          Person: {
            __resolveReference: ({ id }: { id: string }) => people.get(id) ?? null,
            stats: ({ age }: StoredPerson, { currency }: { currency?: string }) => ({
              orders: age,
              currency: currency ?? 'GBP',
            }),
            lag: () => 7,
            favourite: () => ({ sku: 't1' }),
            rights: (_: StoredPerson, __: unknown, request: { context: RequestContext }) =>
              request.context.principal.scopes.toSorted().join('+'),
            mine: (_: StoredPerson, __: unknown, request: { context: RequestContext }) =>
              request.context.principal.id,
          },
        },
      },
      things: {
        sdl: THINGS,
        entities: ['Thing'],
        resolvers: {
          Query: { thing: (_: unknown, { sku }: { sku: string }) => thing(sku) },
          Thing: { __resolveReference: ({ sku }: { sku: string }) => thing(sku) },
        },
      },
      tips: {
        sdl: TIPS,
        entities: ['Person'],
        resolvers: {
          Person: {
            __resolveReference: ({ id }: { id: string }) => ({ id }),
            tips: (_: unknown, { first }: { first: number }) =>
              Array.from({ length: first }, (__, i) => ({ score: i + 0.5, thing: { sku: `t${i}` } })),
            mood: () => 'fine',
          },
        },
      },
    },
    { cache, ...gatewayOptions },
  )
  return {
    ...graph,
    cache,
    people,
    now,
    write(person, { isTold = true } = {}) {
      people.set(person.id, person)
      if (isTold) follower.change('Person', person.id, person.version)
    },
    async ask(document, variables = {}, context = {}) {
      const { data, errors, extensions } = await graph.gateway.execute({
        document,
        variables,
        context: { requestId: 'r', principal: PRINCIPAL, ...context },
      })
      if (errors) throw errors[0]
      return extensions ? { data, extensions } : data
    },
    calls: () =>
      Object.fromEntries(
        Object.entries(graph.subgraphs).map(([name, { requests }]) => [name, requests.length]),
      ),
  }
}

const PRINCIPAL: RequestContext['principal'] = { kind: 'api-key', id: 'k1', name: 'test', scopes: ['read'] }

/** Of a feed the cache itself needs to know its partitions; tests tell it of changes. */
const FEED = {
  partitions: 4,
  partitionOf: (type: string, id: string) => partitionOf(type, id, 4),
} as NonNullable<EntityCacheOptions['feed']>

function thing(sku: string): object | null {
  return sku.startsWith('t') ? { sku, title: `Thing ${sku}`, price: 5 } : null
}
