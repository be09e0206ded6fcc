import fc from 'fast-check'
import {
  execute,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isUnionType,
  parse,
  type GraphQLFieldResolver,
  type GraphQLNamedType,
  type GraphQLObjectType,
} from 'graphql'
import { expect, test } from 'vitest'
import { contextFor, createShopGraph, SHOP } from '../tests/support/shop-graph.ts'
import type { SubgraphRequest } from './subgraph-client.ts'

const { gateway } = createShopGraph(
  {},
  { limits: { maxAliases: 1_000, maxRootFields: 1_000, maxCost: Infinity } },
)
const { schema } = gateway

/** `rating` belongs to an interface object; together with `@requires` on the same entity it makes the planner abort the process. */
const NOT_ASKED = new Set(['rating', 'failing', 'strict', 'nick', '__schema', '__type'])
const MAX_DEPTH = 5

test('any query gives what one server with the whole graph would give', async () => {
  let compared = 0
  await fc.assert(
    fc.asyncProperty(drawnSelections(MAX_DEPTH), async (drawn) => {
      const document = selectionOn(schema.getQueryType(), drawn, 0)
      const planned = await gateway.plan(document)
      fc.pre(planned.kind === 'planned')
      compared++
      const { data, errors } = await gateway.execute({ document, context: contextFor() })
      expect(errors).toBeUndefined()
      expect(plain(data)).toEqual(plain(oneServer(document)))
      const text = await gateway.executeToJson({ document, context: contextFor() })
      if (text.kind === 'refused') throw new Error('what was run once is refused')
      expect(text.data).toBe(JSON.stringify(data))
    }),
    { numRuns: 200 },
  )
  expect(compared).toBeGreaterThanOrEqual(200)
})

/** One field of a selection as numbers that any type can take: which field, under which name, and what below it. */
interface Drawn {
  field: number
  alias: number
  fragment: boolean
  below: Drawn[]
}

function drawnSelections(depth: number): fc.Arbitrary<Drawn[]> {
  const below: fc.Arbitrary<Drawn[]> = depth === 0 ? fc.constant([]) : drawnSelections(depth - 1)
  const drawn = fc.record({ field: fc.nat(60), alias: fc.nat(20), fragment: fc.boolean(), below })
  return fc.array(drawn, { minLength: 1, maxLength: 3 })
}

/** Names that keys and other fields have, on purpose; numbers beyond the list give no alias. */
const ALIASES = [
  'id',
  'sku',
  'name',
  'email',
  '__typename',
  'code',
  'title',
  'orders',
  'constructor',
  'x',
  'y',
]

const ARGUMENTS: Readonly<Record<string, string>> = {
  person: '(id: "1")',
  people: '(ids: ["2", "9", "1"])',
  search: '(text: "a")',
  product: '(sku: "p2")',
  trait: '(key: "k")',
}

function selectionOn(
  type: GraphQLNamedType | null | undefined,
  drawn: readonly Drawn[],
  depth: number,
): string {
  if (!type || !isCompositeType(type)) return ''
  const selections = drawn.map((choice) => {
    const members = isAbstractType(type) ? schema.getPossibleTypes(type) : []
    const member = members[choice.field % Math.max(members.length, 1)]
    if (member && (isUnionType(type) || choice.fragment)) {
      return `... on ${member.name} ${selectionOn(member, choice.below, depth)}`
    }
    if (isUnionType(type)) return ''
    const fields = Object.values(type.getFields()).filter((field) => !NOT_ASKED.has(field.name))
    const field = fields[choice.field % fields.length]
    if (!field) return ''
    const below = getNamedType(field.type)
    if (depth === MAX_DEPTH && isCompositeType(below)) return ''
    const alias = ALIASES[choice.alias]
    const text = `${alias ? `${alias}: ` : ''}${field.name}${ARGUMENTS[field.name] ?? ''}`
    const selected = `${text} ${selectionOn(below, choice.below, depth + 1)}`
    return choice.fragment ? `... on ${type.name} { ${selected} }` : selected
  })
  return `{ __typename ${selections.join(' ')} }`
}

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
