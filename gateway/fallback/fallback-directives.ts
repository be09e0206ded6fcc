import {
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  valueFromASTUntyped,
  type ConstDirectiveNode,
  type GraphQLSchema,
} from 'graphql'
import { MonogramError } from '../../core/errors.ts'
import { checkFallback, fieldsOfType } from './check-fallback.ts'

/** By field coordinate (`Profile.recommendations`): what stands in for the field when its subgraph cannot answer. */
export type FieldFallbacks = ReadonlyMap<string, unknown>

/** The `@fallback(value: …)` of a supergraph's fields; they reach it by `@composeDirective`. */
export function fallbackDirectives(supergraphSdl: string): FieldFallbacks {
  const fallbacks = new Map<string, unknown>()
  for (const definition of parse(supergraphSdl, { noLocation: true }).definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION)
      continue
    for (const field of definition.fields ?? []) {
      const value = valueOf(field.directives)
      if (value) fallbacks.set(`${definition.name.value}.${field.name.value}`, valueFromASTUntyped(value))
    }
  }
  return fallbacks
}

/** Throws SUPERGRAPH_INVALID with a line for each value that its field could never have. */
export function checkFallbackDirectives(fallbacks: FieldFallbacks, schema: GraphQLSchema): void {
  const mistakes = Array.from(fallbacks).flatMap(([coordinate, value]) => {
    const [typeName = '', fieldName = ''] = coordinate.split('.')
    const type = schema.getType(typeName)
    if (!isObjectType(type) && !isInterfaceType(type)) return []
    const field = fieldsOfType(type).find((candidate) => candidate.fieldName === fieldName)
    return field ? checkFallback(value, field.type, field.members, `@fallback of ${coordinate}`) : []
  })
  if (mistakes.length > 0) throw new MonogramError('SUPERGRAPH_INVALID', mistakes.join('\n'))
}

function valueOf(directives: readonly ConstDirectiveNode[] | undefined) {
  const directive = directives?.find(({ name }) => name.value === 'fallback')
  return directive?.arguments?.find(({ name }) => name.value === 'value')?.value
}
