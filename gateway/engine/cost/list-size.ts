import {
  getNullableType,
  isListType,
  Kind,
  type FieldNode,
  type GraphQLArgument,
  type GraphQLField,
  type ValueNode,
} from 'graphql'
import { largest, type Amount } from './amount.ts'
import type { ListSize } from './cost-rules.ts'

/** Of a list of which nothing says how long it is. */
export const ASSUMED_LIST_SIZE = 10

const PAGE_ARGUMENTS = ['first', 'last', 'limit']
const LIST_ARGUMENTS = ['ids', 'by', 'keys']

/** How many a field asks for by its arguments; the largest where several say so; null where none does. */
export function askedSize(
  node: FieldNode,
  field: GraphQLField<unknown, unknown>,
  rule: ListSize | undefined,
): Amount | null {
  const paths = rule ? rule.slicingArguments.map((path) => path.split('.')) : usualArguments(field)
  const otherwise = rule?.assumedSize ?? ASSUMED_LIST_SIZE
  const sizes = paths.flatMap(([name = '', ...members]) => {
    const argument = field.args.find((candidate) => candidate.name === name)
    const given = node.arguments?.find((candidate) => candidate.name.value === name)?.value
    const size = given ? sizeOf(given, members, defaultSize(argument) ?? otherwise) : defaultSize(argument)
    return size === null ? [] : [size]
  })
  if (sizes.length > 0) return largest(sizes)
  return rule?.assumedSize ?? null
}

function usualArguments(field: GraphQLField<unknown, unknown>): readonly (readonly string[])[] {
  return field.args
    .filter(({ name, type }) =>
      (isListType(getNullableType(type)) ? LIST_ARGUMENTS : PAGE_ARGUMENTS).includes(name),
    )
    .map(({ name }) => [name])
}

function defaultSize(argument: GraphQLArgument | undefined): number | null {
  return measure(argument?.defaultValue)
}

/** Null for a literal that says nothing; `otherwise` for a variable that does when the request comes. */
function sizeOf(value: ValueNode, members: readonly string[], otherwise: number): Amount | null {
  if (value.kind === Kind.VARIABLE) {
    const name = value.name.value
    return (variables) => measure(memberAt(variables[name], members)) ?? otherwise
  }
  const [member, ...rest] = members
  if (member !== undefined) {
    if (value.kind !== Kind.OBJECT) return null
    const found = value.fields.find((field) => field.name.value === member)
    return found ? sizeOf(found.value, rest, otherwise) : null
  }
  if (value.kind === Kind.INT) return measure(Number(value.value))
  if (value.kind === Kind.NULL) return null
  return value.kind === Kind.LIST ? value.values.length : 1
}

function memberAt(value: unknown, members: readonly string[]): unknown {
  let found = value
  for (const member of members) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, member)) return undefined
    found = (found as Readonly<Record<string, unknown>>)[member]
  }
  return found
}

function measure(value: unknown): number | null {
  if (typeof value === 'number') return Math.max(0, value)
  return Array.isArray(value) ? value.length : null
}
