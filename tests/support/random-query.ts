import fc from 'fast-check'
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isUnionType,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql'

/** `rating` belongs to an interface object; together with `@requires` on the same entity it makes the planner abort the process. */
const NOT_ASKED = new Set(['rating', 'failing', 'strict', 'nick', '__schema', '__type'])
const MAX_DEPTH = 5

/** One field of a selection as numbers that any type can take: which field, under which name, and what below it. */
export interface Drawn {
  field: number
  alias: number
  fragment: boolean
  below: Drawn[]
}

export function drawnSelections(depth = MAX_DEPTH): fc.Arbitrary<Drawn[]> {
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

/** A query of the shop graph. */
export function queryOf(schema: GraphQLSchema, drawn: readonly Drawn[]): string {
  return selectionOn(schema, schema.getQueryType(), drawn, 0)
}

function selectionOn(
  schema: GraphQLSchema,
  type: GraphQLNamedType | null | undefined,
  drawn: readonly Drawn[],
  depth: number,
): string {
  if (!type || !isCompositeType(type)) return ''
  const selections = drawn.map((choice) => {
    const members = isAbstractType(type) ? schema.getPossibleTypes(type) : []
    const member = members[choice.field % Math.max(members.length, 1)]
    if (member && (isUnionType(type) || choice.fragment)) {
      return `... on ${member.name} ${selectionOn(schema, member, choice.below, depth)}`
    }
    if (isUnionType(type)) return ''
    const fields = Object.values(type.getFields()).filter((field) => !NOT_ASKED.has(field.name))
    const field = fields[choice.field % fields.length]
    if (!field) return ''
    const below = getNamedType(field.type)
    if (depth === MAX_DEPTH && isCompositeType(below)) return ''
    const alias = ALIASES[choice.alias]
    const text = `${alias ? `${alias}: ` : ''}${field.name}${ARGUMENTS[field.name] ?? ''}`
    const selected = `${text} ${selectionOn(schema, below, choice.below, depth + 1)}`
    return choice.fragment ? `... on ${type.name} { ${selected} }` : selected
  })
  return `{ __typename ${selections.join(' ')} }`
}
