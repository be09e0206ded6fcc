import { isInterfaceType, isObjectType, Kind, parse, valueFromASTUntyped, type GraphQLSchema } from 'graphql'
import { MonogramError } from '../../core/errors.ts'
import { argumentOf, directiveNames } from '../directive-names.ts'
import { checkFallback, fieldsOfType } from './check-fallback.ts'

/** By field coordinate (`Profile.recommendations`): what stands in for the field when its subgraph cannot answer. */
export type FieldFallbacks = ReadonlyMap<string, unknown>

/** The `@fallback(value: …)` of a supergraph's fields; they reach it by `@composeDirective`, under any name. */
export function fallbackDirectives(supergraphSdl: string): FieldFallbacks {
  const fallbacks = new Map<string, unknown>()
  const supergraph = parse(supergraphSdl, { noLocation: true })
  const names = directiveNames(supergraph, 'fallback')
  for (const definition of supergraph.definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION)
      continue
    for (const field of definition.fields ?? []) {
      const directive = field.directives?.find(({ name }) => names.has(name.value))
      const value = directive && argumentOf(directive, 'value')
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
