import {
  GraphQLError,
  Kind,
  visit,
  type DocumentNode,
  type FragmentDefinitionNode,
  type SelectionSetNode,
} from 'graphql'

/** What one document may ask. Checked before it is validated or planned, so that neither can be made to work for long. */
export interface QueryLimits {
  maxDocumentBytes: number
  maxTokens: number
  /** Of fields within fields, with fragments laid flat. Fields under `__schema` and `__type` do not count. */
  maxDepth: number
  /** Fields of the whole document with every fragment laid flat as often as it is spread. */
  maxFields: number
}

export const DEFAULT_QUERY_LIMITS: QueryLimits = {
  maxDocumentBytes: 64 * 1024,
  maxTokens: 2_000,
  maxDepth: 12,
  maxFields: 1_000,
}

/** Whether graphql-js stopped parsing at `maxTokens`, by its message: its error has nothing else to tell by. */
export function isTooManyTokens(message: string): boolean {
  return message.startsWith('Syntax Error: Document contains more that ')
}

/** The error for a text that is too long to be parsed at all, else null. */
export function checkDocumentSize(document: string, limits: QueryLimits): GraphQLError | null {
  if (document.length <= limits.maxDocumentBytes / 3) return null
  const bytes = Buffer.byteLength(document)
  if (bytes <= limits.maxDocumentBytes) return null
  return tooLarge(`the document has ${bytes} bytes, and at most ${limits.maxDocumentBytes} are accepted`)
}

/**
 * The error for a document that is too deep or too wide, or that uses a name no answer may carry; else null. Safe on
 * documents that are not valid: fragments that are missing, or that spread themselves, are left to validation.
 */
export function checkDocumentShape(document: DocumentNode, limits: QueryLimits): GraphQLError | null {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
  const measured = new Map<string, Extent>()
  let depth = 0
  let fields = 0
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue
    const extent = measure(definition.selectionSet, fragments, measured)
    depth = Math.max(depth, extent.depth)
    fields += extent.fields
  }
  if (depth > limits.maxDepth) {
    return tooLarge(`the document is ${depth} fields deep, and at most ${limits.maxDepth} are accepted`)
  }
  if (fields > limits.maxFields) {
    return tooLarge(
      `the document selects ${fields} fields with its fragments laid flat, at most ${limits.maxFields} are accepted`,
    )
  }
  return checkNames(document)
}

interface Extent {
  depth: number
  fields: number
}

const NOTHING: Extent = { depth: 0, fields: 0 }

/** The nesting of the text is bounded by `maxTokens`, hence so is the recursion; each fragment is measured once. */
function measure(
  selectionSet: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  measured: Map<string, Extent>,
): Extent {
  let depth = 0
  let fields = 0
  for (const selection of selectionSet.selections) {
    let extent = NOTHING
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      const name = selection.name.value
      const fragment = fragments.get(name)
      const known = measured.get(name)
      if (known) extent = known
      else if (fragment) {
        measured.set(name, NOTHING)
        extent = measure(fragment.selectionSet, fragments, measured)
        measured.set(name, extent)
      }
    } else {
      if (selection.selectionSet) extent = measure(selection.selectionSet, fragments, measured)
      if (selection.kind === Kind.FIELD) {
        const isMeta = selection.name.value.startsWith('__')
        extent = { depth: isMeta ? 1 : extent.depth + 1, fields: extent.fields + 1 }
      }
    }
    depth = Math.max(depth, extent.depth)
    fields += extent.fields
  }
  return { depth, fields }
}

/** `__proto__` as the name of a member could reach the prototype of an object in a subgraph or in the client. */
function checkNames(document: DocumentNode): GraphQLError | null {
  let found: GraphQLError | null = null
  visit(document, {
    Name(node) {
      if (node.value === '__proto__' && !found) {
        found = new GraphQLError('the name "__proto__" is not accepted', {
          nodes: node,
          extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
        })
      }
    },
  })
  return found
}

function tooLarge(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'QUERY_TOO_LARGE' } })
}
