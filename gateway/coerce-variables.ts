import {
  getVariableValues,
  GraphQLError,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql'
import { checkVariables } from './limits/check-variables.ts'
import type { QueryLimits } from './query-limits.ts'

export type CoercedVariables =
  | { kind: 'coerced'; variables: Record<string, unknown> }
  | { kind: 'refused'; errors: readonly GraphQLError[] }

const MAX_ERRORS = 20

/** The variables of a request as the operation declares them, defaults included; or an error for each that does not fit. */
export function coerceVariables(
  schema: GraphQLSchema,
  { document, operation }: { document: DocumentNode; operation: OperationDefinitionNode },
  given: Readonly<Record<string, unknown>>,
  limits: QueryLimits,
): CoercedVariables {
  const definitions = operation.variableDefinitions ?? []
  if (definitions.length === 0) return { kind: 'coerced', variables: {} }
  const beyond = checkVariables(document, given, limits)
  if (beyond) return { kind: 'refused', errors: [beyond] }
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
