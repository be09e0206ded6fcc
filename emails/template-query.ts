import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  parse,
  validate,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql'
import { templateInvalid } from './template-invalid.ts'

const MAX_TOKENS = 2_000

/**
 * Checks the query beside a template: one operation, a query, whose only variable that must be given is
 * `$by: ProfileKey!`, and which asks for `profile(by: $by)`. With a schema, also that it fits the graph.
 *
 * @throws MonogramError TEMPLATE_INVALID naming file and line.
 */
export function checkQuery(source: string, file: string, schema?: GraphQLSchema): void {
  const document = parseQuery(source, file)
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION)
  const [operation] = operations
  if (operation === undefined || operations.length > 1 || operation.operation !== OperationTypeNode.QUERY)
    throw templateInvalid(
      file,
      1,
      `expected exactly one query, got ${operations.map(({ operation: kind }) => `1 ${kind}`).join(', ') || 'none'}`,
    )
  checkVariables(operation, file)
  const asksForProfile = operation.selectionSet.selections.some(
    (node) =>
      node.kind === Kind.FIELD &&
      (node.alias ?? node.name).value === 'profile' &&
      node.name.value === 'profile',
  )
  if (!asksForProfile)
    throw templateInvalid(
      file,
      operation.loc?.startToken.line ?? 1,
      'expected the query to ask for `profile(by: $by)`',
    )
  const [problem] = schema === undefined ? [] : validate(schema, document)
  if (problem !== undefined) throw templateInvalid(file, lineOf(problem), problem.message, problem)
}

function parseQuery(source: string, file: string): ReturnType<typeof parse> {
  try {
    return parse(source, { maxTokens: MAX_TOKENS })
  } catch (error) {
    if (error instanceof GraphQLError) throw templateInvalid(file, lineOf(error), error.message, error)
    throw error
  }
}

function checkVariables(operation: OperationDefinitionNode, file: string): void {
  const variables = operation.variableDefinitions ?? []
  const required = variables.filter(
    ({ type, defaultValue }) => type.kind === Kind.NON_NULL_TYPE && defaultValue === undefined,
  )
  const names = required.map(({ variable }) => variable.name.value)
  if (names.length === 1 && names[0] === 'by') return
  const line = operation.loc?.startToken.line ?? 1
  const given = names.map((name) => `$${name}`).join(', ') || 'none'
  throw templateInvalid(file, line, `expected $by: ProfileKey! as the only required variable, got ${given}`)
}

function lineOf(error: GraphQLError): number | null {
  return error.locations?.[0]?.line ?? null
}
