import {
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  specifiedScalarTypes,
  type GraphQLOutputType,
} from 'graphql'
import { didYouMean } from '../../platform/nearest.ts'

/** A field that an object has, or is asked for. */
export interface FallbackMember {
  fieldName: string
  type: GraphQLOutputType
  /** Of the object below it. */
  members: () => readonly FallbackMember[]
}

/**
 * What is wrong with a value that is to stand in for a field, one text for each mistake. Objects have their members
 * under the names of the schema's fields, and may leave out those that can be null.
 *
 * @param members of the object that the field gives, or of those in its list
 */
export function checkFallback(
  value: unknown,
  type: GraphQLOutputType,
  members: () => readonly FallbackMember[],
  path: string,
): string[] {
  if (isNonNullType(type)) {
    if (value === null) return [`${path}: expected ${String(type)}, got null`]
    return checkFallback(value, type.ofType, members, path)
  }
  if (value === null) return []
  if (isListType(type)) {
    if (!Array.isArray(value)) return [expected(path, type, value)]
    return value.flatMap((item, index) => checkFallback(item, type.ofType, members, `${path}[${index}]`))
  }
  if (isScalarType(type) || isEnumType(type)) {
    return isLeafValue(value, type) ? [] : [expected(path, type, value)]
  }
  if (typeof value !== 'object' || Array.isArray(value)) return [expected(path, type, value)]
  return checkMembers(value as Readonly<Record<string, unknown>>, members(), path)
}

/** The members of whatever is of this type: its fields. */
export function fieldsOfType(type: unknown): readonly FallbackMember[] {
  if (!isObjectType(type) && !isInterfaceType(type)) return []
  return Object.values(type.getFields()).map((field) => ({
    fieldName: field.name,
    type: field.type,
    members: () => fieldsOfType(innermost(field.type)),
  }))
}

function checkMembers(
  value: Readonly<Record<string, unknown>>,
  members: readonly FallbackMember[],
  path: string,
): string[] {
  const names = members.map(({ fieldName }) => fieldName)
  return [
    ...Object.keys(value)
      .filter((key) => key !== '__typename' && !names.includes(key))
      .map((key) => `${path}.${key}: there is no such field here${didYouMean(key, names)}`),
    ...members.flatMap(({ fieldName, type, members: below }) => {
      if (fieldName === '__typename') return []
      const member = Object.hasOwn(value, fieldName) ? value[fieldName] : null
      return checkFallback(member, type, below, `${path}.${fieldName}`)
    }),
  ]
}

function innermost(type: GraphQLOutputType): unknown {
  let inner: unknown = type
  while (isNonNullType(inner) || isListType(inner)) inner = inner.ofType
  return inner
}

const builtIn = new Set(specifiedScalarTypes.map(({ name }) => name))

/** A scalar of the graph's own may be any JSON: what it must be, only its subgraph knows. */
function isLeafValue(value: unknown, type: GraphQLOutputType): boolean {
  if (isEnumType(type)) return typeof value === 'string' && type.getValue(value) != null
  if (!isScalarType(type) || !builtIn.has(type.name)) return true
  switch (type.name) {
    case 'Int':
      return Number.isInteger(value) && Math.abs(Number(value)) < 2 ** 31
    case 'Float':
      return typeof value === 'number' && Number.isFinite(value)
    case 'Boolean':
      return typeof value === 'boolean'
    default:
      return typeof value === 'string'
  }
}

function expected(path: string, type: GraphQLOutputType, value: unknown): string {
  return `${path}: expected ${String(type)}, got ${(JSON.stringify(value) ?? 'nothing').slice(0, 80)}`
}
