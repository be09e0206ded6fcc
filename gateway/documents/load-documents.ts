import { createHash } from 'node:crypto'
import { Kind, OperationTypeNode, type GraphQLError, type OperationDefinitionNode } from 'graphql'
import type { RequestContext } from '../../core/access/request-context.ts'
import { MonogramError } from '../../core/errors.ts'
import type { Gateway } from '../create-gateway.ts'
import type { JsonAnswer } from '../executor.ts'
import { compileFallbacks, type DocumentFallbacks } from '../fallback/compile-fallbacks.ts'
import type { FieldFallbacks } from '../fallback/fallback-directives.ts'
import { checkVariables } from '../limits/check-variables.ts'
import { compileCoercer, type Coerced } from './compile-coercer.ts'
import { readDocuments, type DocumentSource } from './read-documents.ts'

/** A query that was there before the request: everything that depends on its text alone is done. */
export interface TrustedDocument {
  name: string
  /** SHA-256 of its text, in hex. */
  hash: string
  /** Null: the default of the door. */
  deadlineMs: number | null
  fallbacks: DocumentFallbacks
  operation: OperationDefinitionNode
  coerce(variables: Readonly<Record<string, unknown>>): Coerced
  /** With variables that `coerce` gave; by the gateway that it was loaded for, whatever has been loaded since. */
  execute(variables: Readonly<Record<string, unknown>>, context: RequestContext): Promise<JsonAnswer>
}

export interface TrustedDocuments {
  /** Their names, sorted. */
  readonly names: readonly string[]
  /** By name or hash. */
  find(id: string): TrustedDocument | undefined
}

export const NO_DOCUMENTS: TrustedDocuments = { names: [], find: () => undefined }

export interface LoadDocumentsOptions {
  /** A folder, or a manifest. */
  path: string
  gateway: Gateway
  byField: FieldFallbacks
}

/** Reads, validates and plans all. DOCUMENTS_INVALID has a line for each mistake, with file and line. */
export async function loadDocuments({
  path,
  gateway,
  byField,
}: LoadDocumentsOptions): Promise<TrustedDocuments> {
  const { sources, mistakes } = await readDocuments(path)
  const byId = new Map<string, TrustedDocument>()
  for (const source of sources) {
    const document = await load(source, gateway, byField, mistakes)
    if (!document) continue
    byId.set(document.name, document)
    byId.set(document.hash, document)
  }
  if (mistakes.length > 0) throw new MonogramError('DOCUMENTS_INVALID', mistakes.join('\n'))
  return {
    names: sources.map(({ name }) => name).sort(),
    find: (id) => byId.get(id),
  }
}

async function load(
  { name, text, options, file, optionsFile }: DocumentSource,
  gateway: Gateway,
  byField: FieldFallbacks,
  mistakes: string[],
): Promise<TrustedDocument | null> {
  gateway.keep(text)
  const planned = await gateway.plan(text)
  if (planned.kind === 'refused') {
    mistakes.push(...planned.errors.map((error) => at(file, error)))
    return null
  }
  const { document, operation } = planned
  if (operation.operation !== OperationTypeNode.QUERY) {
    mistakes.push(`${file}: expected a query, got a ${operation.operation}`)
    return null
  }
  if (document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION).length > 1) {
    mistakes.push(`${file}: expected one operation, got several`)
    return null
  }
  const compiled = compileFallbacks({
    schema: gateway.schema,
    document,
    operation,
    byField,
    ...(options.fallbacks ? { declared: options.fallbacks } : {}),
  })
  mistakes.push(...compiled.mistakes.map((mistake) => `${optionsFile}: ${mistake}`))
  const coerce = compileCoercer(gateway.schema, operation)
  return {
    name,
    hash: createHash('sha256').update(text).digest('hex'),
    deadlineMs: options.deadlineMs ?? null,
    fallbacks: compiled.fallbacks,
    operation,
    coerce(variables) {
      const beyond = checkVariables(document, variables, gateway.limits)
      return beyond ? { kind: 'refused', mistakes: [beyond.message] } : coerce(variables)
    },
    execute: (variables, context) =>
      gateway.executeToJson({
        document: text,
        variables,
        context,
        areVariablesCoerced: true,
        maxCost: Infinity,
        fallbacks: compiled.fallbacks.byPath,
      }),
  }
}

function at(file: string, { message, locations }: GraphQLError): string {
  const [place] = locations ?? []
  return place ? `${file}:${place.line}:${place.column}: ${message}` : `${file}: ${message}`
}
