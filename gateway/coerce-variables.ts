import { getVariableValues, GraphQLError, type GraphQLSchema, type OperationDefinitionNode } from 'graphql'

export type CoercedVariables =
  | { kind: 'coerced'; variables: Record<string, unknown> }
  | { kind: 'refused'; errors: readonly GraphQLError[] }

const MAX_ERRORS = 20

/** The variables of a request as the operation declares them, defaults included; or a BAD_USER_INPUT for each that does not fit. */
export function coerceVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  given: Readonly<Record<string, unknown>>,
): CoercedVariables {
  const definitions = operation.variableDefinitions ?? []
  if (definitions.length === 0) return { kind: 'coerced', variables: {} }
  if (hasForbiddenKey(given)) {
    return refused([new GraphQLError('a variable has a member named "__proto__", which is not accepted')])
  }
  const result = getVariableValues(schema, definitions, given, { maxErrors: MAX_ERRORS })
  return result.errors ? refused(result.errors) : { kind: 'coerced', variables: result.coerced }
}

function refused(errors: readonly GraphQLError[]): CoercedVariables {
  return {
    kind: 'refused',
    errors: errors.map(
      (error) =>
        new GraphQLError(error.message, {
          nodes: error.nodes ?? null,
          extensions: { code: 'BAD_USER_INPUT' },
        }),
    ),
  }
}

/** Custom scalars take any JSON, so what they hold is looked through here; with a list, as JSON may be nested deeply. */
function hasForbiddenKey(variables: unknown): boolean {
  const pending: unknown[] = [variables]
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (typeof value !== 'object' || value === null) continue
    if (Object.hasOwn(value, '__proto__')) return true
    for (const member of Object.values(value)) {
      if (typeof member === 'object' && member !== null) pending.push(member)
    }
  }
  return false
}
