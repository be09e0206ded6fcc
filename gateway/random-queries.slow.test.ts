import fc from 'fast-check'
import { execute, parse, type GraphQLFieldResolver, type GraphQLObjectType } from 'graphql'
import { expect, test } from 'vitest'
import { drawnSelections, queryOf } from '../tests/support/random-query.ts'
import { contextFor, createShopGraph, SHOP } from '../tests/support/shop-graph.ts'
import type { SubgraphRequest } from './subgraph-client.ts'

const { gateway } = createShopGraph(
  {},
  { limits: { maxAliases: 1_000, maxRootFields: 1_000, maxCost: Infinity } },
)
const { schema } = gateway

test('any query gives what one server with the whole graph would give', async () => {
  let compared = 0
  await fc.assert(
    fc.asyncProperty(drawnSelections(), async (drawn) => {
      const document = queryOf(schema, drawn)
      const planned = await gateway.plan(document)
      fc.pre(planned.kind === 'planned')
      compared++
      const { data, errors } = await gateway.execute({ document, context: contextFor() })
      expect(errors).toBeUndefined()
      expect(plain(data)).toEqual(plain(oneServer(document)))
      const text = await gateway.executeToJson({ document, context: contextFor() })
      if (text.kind === 'refused') throw new Error('what was run once is refused')
      expect(text.data.join('')).toBe(JSON.stringify(data))
    }),
    { numRuns: 200 },
  )
  expect(compared).toBeGreaterThanOrEqual(200)
})

/** The same resolvers, run by graphql-js on one schema, each object holding all that any subgraph knows of it. */
function oneServer(document: string): unknown {
  const result = execute({
    schema,
    document: parse(document),
    rootValue: {},
    fieldResolver,
    typeResolver: readTypename,
  })
  if (result instanceof Promise) throw new Error('the resolvers of the shop are synchronous')
  expect(result.errors).toBeUndefined()
  return result.data
}

const fieldResolver: GraphQLFieldResolver<Record<string, unknown>, unknown, object> = (
  source,
  args,
  _context,
  info,
) => {
  const { fieldName, parentType } = info
  const entity = { ...source, ...knownOf(parentType, source) }
  for (const subgraph of Object.values(SHOP)) {
    const resolver = subgraph[parentType.name]?.[fieldName]
    if (resolver) return resolver(entity as never, args as never, {} as SubgraphRequest)
  }
  return entity[fieldName]
}

function knownOf(type: GraphQLObjectType, source: object): object {
  const names = [type.name, ...type.getInterfaces().map(({ name }) => name)]
  const resolvers = Object.values(SHOP).flatMap((subgraph) =>
    names.map((name) => subgraph[name]?.['__resolveReference']),
  )
  const known = resolvers.map((resolve) => resolve?.(source as never, {} as never, {} as SubgraphRequest))
  return Object.assign({}, ...known) as object
}

function readTypename(value: unknown): string {
  return (value as { __typename: string }).__typename
}

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
