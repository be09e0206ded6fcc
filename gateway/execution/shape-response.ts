import {
  execute,
  GraphQLError,
  type DocumentNode,
  type ExecutionResult,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  type GraphQLTypeResolver,
} from 'graphql'
import { clientAlias, safeAlias } from '../safe-aliases.ts'
import { isDataObject, type DataObject } from './data.ts'
import { FieldFailure } from './field-failure.ts'

export interface Shaping {
  schema: GraphQLSchema
  document: DocumentNode
  operationName: string | undefined
  variables: Readonly<Record<string, unknown>>
  data: DataObject
}

/**
 * The client's answer, from merged data: graphql-js runs the client's own document over it, which settles aliases,
 * fragments, conditions, abstract types, introspection and the propagation of nulls as the specification has them.
 */
export function shapeResponse({
  schema,
  document,
  operationName,
  variables,
  data,
}: Shaping): ExecutionResult {
  const result = execute({
    schema,
    document,
    rootValue: data,
    operationName: operationName ?? null,
    variableValues: variables,
    fieldResolver: readField,
    typeResolver: readType,
  })
  if (result instanceof Promise) throw new Error('merged data held a promise')
  return result.errors ? { ...result, errors: result.errors.map(withPathBelow) } : result
}

const readField: GraphQLFieldResolver<unknown, unknown> = (source, _args, _context, info) => {
  if (!isDataObject(source)) return null
  const responseName = String(info.path.key)
  return source[responseName === info.fieldName ? responseName : safeAlias(responseName)]
}

const readType: GraphQLTypeResolver<unknown, unknown> = (value) => {
  const typename = isDataObject(value) ? value['__typename'] : undefined
  return typeof typename === 'string' ? typename : undefined
}

/**
 * A failure that came up from below is told with the path of the field that failed. What graphql-js found wrong by
 * itself, such as a null where none may be, is the subgraph's failure: it did not give what its schema promises.
 */
function withPathBelow(error: GraphQLError): GraphQLError {
  const failure = error.originalError
  const path =
    failure instanceof FieldFailure ? [...(error.path ?? []), ...failure.below.map(toClientName)] : error.path
  const extensions = failure instanceof FieldFailure ? failure.extensions : { code: 'SUBGRAPH_FAILED' }
  return new GraphQLError(error.message, {
    nodes: error.nodes ?? null,
    path: path ?? null,
    originalError: failure ?? null,
    extensions: { ...extensions },
  })
}

function toClientName(step: string | number): string | number {
  return typeof step === 'string' ? clientAlias(step) : step
}
