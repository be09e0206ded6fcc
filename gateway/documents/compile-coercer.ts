import {
  GraphQLError,
  isEnumType,
  isInputType,
  isListType,
  isNonNullType,
  isScalarType,
  typeFromAST,
  valueFromAST,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql'
import { didYouMean } from '../../platform/nearest.ts'

export type Coerced =
  | { kind: 'coerced'; variables: Record<string, unknown> }
  /** `variables.by.kind: expected String!, got 5`, one for each mistake. */
  | { kind: 'refused'; mistakes: readonly string[] }

/** The variables of a request as the operation declares them, defaults included. */
export type Coercer = (given: Readonly<Record<string, unknown>>) => Coerced

type CoerceValue = (value: unknown, path: string, mistakes: string[]) => unknown

const MAX_MISTAKES = 20

/** Everything that depends on the operation and its types alone is done here, once. The rules are the specification's. */
export function compileCoercer(schema: GraphQLSchema, operation: OperationDefinitionNode): Coercer {
  const inputs = new Map<GraphQLInputObjectType, CoerceValue>()
  const declared = (operation.variableDefinitions ?? []).map((definition) => {
    const type = typeFromAST(schema, definition.type)
    if (!isInputType(type)) throw new Error('a coercer was asked for an operation that is not valid')
    const name = definition.variable.name.value
    const fallback = definition.defaultValue && valueFromAST(definition.defaultValue, type)
    return { name, path: `variables.${name}`, type, fallback, coerce: compile(type) }
  })
  const names = declared.map(({ name }) => name)

  return (given) => {
    const mistakes: string[] = []
    const variables: Record<string, unknown> = {}
    for (const { name, path, type, fallback, coerce } of declared) {
      const value = Object.hasOwn(given, name) ? given[name] : undefined
      if (value !== undefined) variables[name] = coerce(value, path, mistakes)
      else if (fallback !== undefined) variables[name] = fallback
      else if (isNonNullType(type)) mistakes.push(expected(path, type, value))
    }
    for (const name of Object.keys(given)) {
      if (!names.includes(name)) {
        mistakes.push(`variables.${name}: the document has no such variable${didYouMean(name, names)}`)
      }
    }
    if (mistakes.length === 0) return { kind: 'coerced', variables }
    return { kind: 'refused', mistakes: mistakes.slice(0, MAX_MISTAKES) }
  }

  function compile(type: GraphQLInputType): CoerceValue {
    if (isNonNullType(type)) {
      const coerce = compile(type.ofType)
      return (value, path, mistakes) => {
        if (value !== null && value !== undefined) return coerce(value, path, mistakes)
        mistakes.push(expected(path, type, value))
        return undefined
      }
    }
    if (isListType(type)) {
      const coerce = compile(type.ofType)
      return (value, path, mistakes) => {
        if (value === null) return null
        if (!Array.isArray(value)) return [coerce(value, path, mistakes)]
        return value.map((item, index) => coerce(item, `${path}[${index}]`, mistakes))
      }
    }
    if (isScalarType(type) || isEnumType(type)) {
      return (value, path, mistakes) => {
        if (value === null) return null
        try {
          const parsed: unknown = type.parseValue(value)
          if (parsed !== undefined) return parsed
          mistakes.push(expected(path, type, value))
        } catch (error) {
          const reason = error instanceof GraphQLError ? `: ${error.message}` : ''
          mistakes.push(`${expected(path, type, value)}${reason}`)
        }
        return undefined
      }
    }
    // An input type may hold itself, so it is known before its fields are compiled.
    let known = inputs.get(type)
    if (!known) {
      let coerce: CoerceValue | null = null
      known = (value, path, mistakes) => (coerce ??= compileObject(type))(value, path, mistakes)
      inputs.set(type, known)
    }
    return known
  }

  function compileObject(type: GraphQLInputObjectType): CoerceValue {
    const fields = Object.values(type.getFields()).map((field) => ({ field, coerce: compile(field.type) }))
    const known = fields.map(({ field }) => field.name)
    return (value, path, mistakes) => {
      if (value === null) return null
      if (typeof value !== 'object' || Array.isArray(value)) {
        mistakes.push(expected(path, type, value))
        return undefined
      }
      const given = value as Readonly<Record<string, unknown>>
      const coerced: Record<string, unknown> = {}
      for (const { field, coerce } of fields) {
        const member = Object.hasOwn(given, field.name) ? given[field.name] : undefined
        if (member !== undefined) coerced[field.name] = coerce(member, `${path}.${field.name}`, mistakes)
        else if (field.defaultValue !== undefined) coerced[field.name] = field.defaultValue
        else if (isNonNullType(field.type)) mistakes.push(expectedField(path, field))
      }
      for (const key of Object.keys(given)) {
        if (!known.includes(key)) {
          mistakes.push(`${path}.${key}: ${type.name} has no such field${didYouMean(key, known)}`)
        }
      }
      if (type.isOneOf) checkOneOf(type, given, path, mistakes)
      return coerced
    }
  }
}

function checkOneOf(
  type: GraphQLInputObjectType,
  given: Readonly<Record<string, unknown>>,
  path: string,
  mistakes: string[],
): void {
  const keys = Object.keys(given)
  const [only] = keys
  if (keys.length === 1 && only !== undefined && given[only] !== null) return
  mistakes.push(`${path}: expected exactly one field of ${type.name}, got ${keys.join(', ') || 'none'}`)
}

function expectedField(path: string, field: GraphQLInputField): string {
  return expected(`${path}.${field.name}`, field.type, undefined)
}

function expected(path: string, type: GraphQLInputType, value: unknown): string {
  return `${path}: expected ${String(type)}, got ${(JSON.stringify(value) ?? 'nothing').slice(0, 80)}`
}
