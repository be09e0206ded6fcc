import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInputType,
  isLeafType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  isScalarType,
  typeFromAST,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLScalarType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql'

/** Variables that an operation takes, as a caller would send them; others for each `n`. Where it has defaults, those. */
export function sampleVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  n: number,
): Record<string, unknown> {
  const variables: Record<string, unknown> = {}
  for (const { variable, type: typeNode, defaultValue } of operation.variableDefinitions ?? []) {
    const type = typeFromAST(schema, typeNode)
    if (!defaultValue && isInputType(type)) variables[variable.name.value] = sampleOf(type, n)
  }
  return variables
}

function sampleOf(type: GraphQLInputType, n: number): unknown {
  if (isNonNullType(type)) return sampleOf(type.ofType, n)
  if (isListType(type)) return [sampleOf(type.ofType, n)]
  const named = getNamedType(type)
  if (isEnumType(named)) return named.getValues()[0]?.name
  if (isScalarType(named)) return sampleScalar(named, n)
  if (!isInputObjectType(named)) return null
  const fields = Object.values(named.getFields())
  const required = fields.filter(isRequiredInputField)
  const given = named.isOneOf ? fields.slice(0, 1) : required.length > 0 ? required : firstLeaf(fields)
  return Object.fromEntries(given.map((field) => [field.name, sampleOf(field.type, n)]))
}

/** Of the fields that need not be given one, since none says nothing; not an object, since types may hold themselves. */
function firstLeaf(fields: readonly GraphQLInputField[]): GraphQLInputField[] {
  return fields.filter(({ type }) => isLeafType(getNullableType(type))).slice(0, 1)
}

function sampleScalar(type: GraphQLScalarType, n: number): unknown {
  return [`rehearsal-${n}`, n, true, '2026-01-01T00:00:00Z', {}].find((value) => {
    try {
      return type.parseValue(value) !== undefined
    } catch {
      return false
    }
  })
}
