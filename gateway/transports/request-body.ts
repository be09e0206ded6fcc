import { LRUCache } from 'lru-cache'
import type { SubgraphRequest } from '../subgraph-client.ts'

/** Everything of a call that its document decides, made once for each document. */
export interface PreparedDocument {
  /** The body up to its variables. */
  prefix: string
  /** Whether sending it twice does no harm. */
  isQuery: boolean
}

/** Plans repeat their documents; what is dropped is only made again. */
const MAX_DOCUMENTS = 2_000
const MAX_CHARACTERS = 16_000_000

/** Prepares documents by their text and the operation's name. */
export function createDocumentCache(): (request: SubgraphRequest) => PreparedDocument {
  const cache = new LRUCache<string, PreparedDocument>({
    max: MAX_DOCUMENTS,
    maxSize: MAX_CHARACTERS,
    sizeCalculation: ({ prefix }) => prefix.length,
  })
  return ({ document, operationName }) => {
    const key = operationName === undefined ? document : `${operationName}\n${document}`
    const present = cache.get(key)
    if (present) return present
    const prepared = { prefix: prefixOf(document, operationName), isQuery: isQuery(document) }
    cache.set(key, prepared)
    return prepared
  }
}

/** The whole body of a POST. */
export function bodyOf({ prefix }: PreparedDocument, { variables, variablesJson }: SubgraphRequest): string {
  const text = variablesJson ?? (variables ? JSON.stringify(variables) : '{}')
  return `${prefix}${text}}`
}

function prefixOf(document: string, operationName: string | undefined): string {
  const name = operationName === undefined ? '' : `"operationName":${JSON.stringify(operationName)},`
  return `{"query":${JSON.stringify(document)},${name}"variables":`
}

/** Conservative: a document that begins with a fragment or a comment counts as a mutation, and is not sent twice. */
export function isQuery(document: string): boolean {
  return /^\s*(?:\{|query\b)/.test(document) && !/\b(?:mutation|subscription)\b/.test(document)
}
