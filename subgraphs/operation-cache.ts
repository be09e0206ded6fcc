import { GraphQLError, parse, validate, type DocumentNode, type GraphQLSchema } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { ErrorCode } from '../core/errors.ts'

/** A document that may be executed, or why it may not. */
export type PreparedDocument = { document: DocumentNode } | { errors: readonly GraphQLError[] }

/** A gateway sends the texts of its plans again and again: each is parsed and validated once. */
const MAX_DOCUMENTS = 1_000
const MAX_CHARACTERS = 8_000_000

/** Prepares documents of one schema by their text. */
export function createOperationCache(schema: GraphQLSchema): (text: string) => PreparedDocument {
  const cache = new LRUCache<string, PreparedDocument>({
    max: MAX_DOCUMENTS,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: (_, text) => text.length + 1,
  })
  return (text) => {
    const present = cache.get(text)
    if (present) return present
    const prepared = prepare(schema, text)
    cache.set(text, prepared)
    return prepared
  }
}

function prepare(schema: GraphQLSchema, text: string): PreparedDocument {
  let document: DocumentNode
  try {
    document = parse(text)
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [withCode(error, 'GRAPHQL_PARSE_FAILED')] }
    throw error
  }
  const errors = validate(schema, document)
  if (errors.length === 0) return { document }
  return { errors: errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED')) }
}

function withCode(error: GraphQLError, code: ErrorCode): GraphQLError {
  return new GraphQLError(error.message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    extensions: { code },
  })
}
