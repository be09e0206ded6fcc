import {
  isListType,
  isNonNullType,
  isObjectType,
  type DocumentNode,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql'
import { didYouMean } from '../../platform/nearest.ts'
import { checkFallback, type FallbackMember } from './check-fallback.ts'
import type { FieldFallbacks } from './fallback-directives.ts'
import { selectedFields, type SelectedField } from './selected-fields.ts'

export interface DocumentFallbacks {
  /** By response path without the indices of lists, for the gateway. Objects in them have the schema's names. */
  byPath: ReadonlyMap<string, unknown>
  /** The whole answer when nothing could be had: as the document asks for it, of fallbacks and nulls. */
  whole: Readonly<Record<string, unknown>> | null
  /** The names of the answer's own fields. */
  rootNames: readonly string[]
}

export interface FallbackSources {
  schema: GraphQLSchema
  document: DocumentNode
  operation: OperationDefinitionNode
  /** Of the graph. */
  byField: FieldFallbacks
  /** Of the document, which win: by response path without the indices of lists. */
  declared?: Readonly<Record<string, unknown>>
}

/**
 * What stands in for the places of an operation's answer. An object with fallbacks in it has one itself, of these and
 * of nulls, when its other fields can be null. The whole is null when a root field that cannot be null has no fallback.
 */
export function compileFallbacks(sources: FallbackSources): {
  fallbacks: DocumentFallbacks
  mistakes: string[]
} {
  const { schema, document, operation, byField, declared = {} } = sources
  const mistakes: string[] = []
  const paths: string[] = []
  const byPath = new Map<string, unknown>()
  const fields = selectedFields(schema, document, operation)
  for (const field of fields) visit(field, field.responseName)
  for (const path of Object.keys(declared)) {
    if (!paths.includes(path)) {
      mistakes.push(`fallbacks: ${path}: the document has no field there${didYouMean(path, paths)}`)
    }
  }
  const rootNames = fields.map(({ responseName }) => responseName)
  const whole = answerOf(fields, schema.getRootType(operation.operation)?.name, (field) =>
    byPath.get(field.responseName),
  )
  return { fallbacks: { byPath, whole, rootNames }, mistakes }

  function visit(field: SelectedField, path: string): void {
    paths.push(path)
    for (const child of field.fields) visit(child, `${path}.${child.responseName}`)
    const value = valueFor(field, path)
    if (value !== undefined) byPath.set(path, value)
  }

  function valueFor(field: SelectedField, path: string): unknown {
    if (Object.hasOwn(declared, path)) {
      const wrong = checkFallback(declared[path], field.type, () => membersOf(field), path)
      mistakes.push(...wrong.map((mistake) => `fallbacks: ${mistake}`))
      return declared[path]
    }
    if (byField.has(field.coordinate)) return byField.get(field.coordinate)
    const hasSome = field.fields.some((child) => byPath.has(`${path}.${child.responseName}`))
    if (!hasSome || !isSingleObject(field.type)) return undefined
    const made: Record<string, unknown> = {}
    for (const child of field.fields) {
      const value = byPath.get(`${path}.${child.responseName}`)
      if (child.fieldName === '__typename') continue
      if (value === undefined && isNonNullType(child.type)) return undefined
      made[child.fieldName] ??= value ?? null
    }
    return made
  }
}

function membersOf(field: SelectedField): readonly FallbackMember[] {
  return field.fields.map((child) => ({
    fieldName: child.fieldName,
    type: child.type,
    members: () => membersOf(child),
  }))
}

/** Values under the schema's names as the document wants them. Null when a field that cannot be null has none. */
function answerOf(
  fields: readonly SelectedField[],
  typeName: string | undefined,
  valueOf: (field: SelectedField) => unknown,
): Record<string, unknown> | null {
  const answer: Record<string, unknown> = {}
  for (const field of fields) {
    const value = field.fieldName === '__typename' ? typeName : projected(valueOf(field), field)
    if ((value ?? null) === null && isNonNullType(field.type)) return null
    answer[field.responseName] = value ?? null
  }
  return answer
}

function projected(value: unknown, field: SelectedField): unknown {
  if (field.fields.length === 0 || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => projected(item, field))
  const members = value as Readonly<Record<string, unknown>>
  const given = members['__typename']
  return answerOf(
    field.fields,
    typeof given === 'string' ? given : typeNameOf(field.type),
    (child) => members[child.fieldName],
  )
}

function isSingleObject(type: GraphQLOutputType): boolean {
  return isObjectType(isNonNullType(type) ? type.ofType : type)
}

function typeNameOf(type: GraphQLOutputType): string | undefined {
  let inner: unknown = type
  while (isNonNullType(inner) || isListType(inner)) inner = inner.ofType
  return isObjectType(inner) ? inner.name : undefined
}
