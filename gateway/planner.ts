import { QueryPlanner, type QueryPlan } from '@graphql-hive/router-query-planner'
import {
  getOperationAST,
  GraphQLError,
  Kind,
  parse,
  validate,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql'
import { LRUCache } from 'lru-cache'
import { apiSchemaFrom } from './api-schema.ts'
import { plannableDocument } from './plannable-document.ts'
import { checkDocumentShape, checkDocumentSize, isTooManyTokens, type QueryLimits } from './query-limits.ts'

/** A document with the operation that was asked for, ready to run; or why it cannot be. */
export type PlannedOperation =
  | {
      kind: 'planned'
      document: DocumentNode
      operation: OperationDefinitionNode
      /** Null when no subgraph needs to be asked. */
      plan: QueryPlan | null
    }
  | { kind: 'refused'; errors: readonly GraphQLError[] }

export interface Planner {
  /** What clients see. */
  readonly schema: GraphQLSchema
  /** Never rejects. The same text and name give the same object for as long as it is kept. */
  plan(document: string, operationName: string | undefined): Promise<PlannedOperation>
}

export interface PlannerOptions {
  supergraphSdl: string
  limits: QueryLimits
  maxCachedDocuments?: number
  /** Of the texts that are kept; a plan takes some twenty times its text. */
  maxCachedCharacters?: number
}

/**
 * Plans documents and keeps what it made of them, refusals included: nothing is parsed, validated or planned twice.
 * Validation must come before planning. The planner is native code that trusts what it is given: a fragment that
 * spreads itself, which validation refuses, takes the whole process down. (So does, in 0.0.38, a valid query for both a
 * field of an interface object and a field with `@requires` on one entity; no subgraph of ours has interface objects.)
 */
export function createPlanner({
  supergraphSdl,
  limits,
  maxCachedDocuments = 1_000,
  maxCachedCharacters = 4_000_000,
}: PlannerOptions): Planner {
  const planner = new QueryPlanner(supergraphSdl)
  const schema = apiSchemaFrom(planner.consumerSchema)
  const cache = new LRUCache<string, Promise<PlannedOperation>>({
    max: maxCachedDocuments,
    maxSize: maxCachedCharacters,
    sizeCalculation: (_planned, key) => key.length,
  })
  const noOverrides = new Set<string>()

  return {
    schema,
    plan(text, operationName) {
      const name = operationName ?? ''
      const key = `${name.length}:${name}${text}`
      let planned = cache.get(key)
      if (!planned) {
        planned = planAnew(text, operationName)
        if (text.length <= limits.maxDocumentBytes) cache.set(key, planned)
      }
      return planned
    },
  }

  async function planAnew(text: string, operationName: string | undefined): Promise<PlannedOperation> {
    const tooLong = checkDocumentSize(text, limits)
    if (tooLong) return refused(tooLong)
    let document
    try {
      document = parse(text, { maxTokens: limits.maxTokens })
    } catch (error) {
      return refused(parseError(error))
    }
    const misshapen = checkDocumentShape(document, limits)
    if (misshapen) return refused(misshapen)
    const invalid = validate(schema, document)
    if (invalid.length > 0) return refused(...invalid.map(withCode('GRAPHQL_VALIDATION_FAILED')))
    const operation = getOperationAST(document, operationName)
    if (!operation) return refused(noSuchOperation(document, operationName))
    const plannable = plannableDocument(document, operation, schema)
    if (plannable === null) return { kind: 'planned', document, operation, plan: null }
    try {
      const plan = await planner.planAsync(plannable, operation.name?.value, noOverrides, 0)
      return { kind: 'planned', document, operation, plan }
    } catch (error) {
      return refused(unplannable(operation, error))
    }
  }
}

function refused(...errors: readonly GraphQLError[]): PlannedOperation {
  return { kind: 'refused', errors }
}

function withCode(code: string): (error: GraphQLError) => GraphQLError {
  return (error) =>
    new GraphQLError(error.message, {
      nodes: error.nodes ?? null,
      source: error.source ?? null,
      positions: error.positions ?? null,
      extensions: { ...error.extensions, code },
    })
}

function parseError(error: unknown): GraphQLError {
  if (!(error instanceof GraphQLError)) throw error
  return withCode(isTooManyTokens(error.message) ? 'QUERY_TOO_LARGE' : 'GRAPHQL_PARSE_FAILED')(error)
}

function noSuchOperation(document: DocumentNode, operationName: string | undefined): GraphQLError {
  const names = document.definitions.flatMap((definition) =>
    definition.kind === Kind.OPERATION_DEFINITION && definition.name ? [definition.name.value] : [],
  )
  const asked =
    operationName === undefined
      ? 'the document has several operations, and operationName does not say which one'
      : `the document has no operation named "${operationName}"`
  const message = names.length > 0 ? `${asked}; it has ${names.join(', ')}` : asked
  return new GraphQLError(message, { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } })
}

/** A valid document that cannot be planned is a fault of the supergraph or the planner, never of the client. */
function unplannable(operation: OperationDefinitionNode, error: unknown): GraphQLError {
  return new GraphQLError(`the ${operation.operation} cannot be planned`, {
    originalError: error instanceof Error ? error : new Error(String(error)),
    extensions: { code: 'INTERNAL' },
  })
}
