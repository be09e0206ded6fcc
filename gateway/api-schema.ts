import {
  buildASTSchema,
  isSpecifiedDirective,
  isSpecifiedScalarType,
  Kind,
  parse,
  specifiedDirectives,
  specifiedScalarTypes,
  type DefinitionNode,
  type GraphQLSchema,
} from 'graphql'

/**
 * The schema that clients see, from the planner's text of it. The planner writes the introspection types, built-in
 * scalars and directives out as well; graphql-js brings its own, so they are left out here.
 */
export function apiSchemaFrom(consumerSchema: string): GraphQLSchema {
  const document = parse(consumerSchema, { noLocation: true })
  const definitions = document.definitions
    .filter((definition) => !isBuiltIn(definition))
    .map(withoutMetaFields)
  return buildASTSchema({ ...document, definitions })
}

const builtInScalars = new Set(specifiedScalarTypes.filter(isSpecifiedScalarType).map((type) => type.name))
const builtInDirectives = new Set(
  specifiedDirectives.filter(isSpecifiedDirective).map((directive) => directive.name),
)

function isBuiltIn(definition: DefinitionNode): boolean {
  if (!('name' in definition) || !definition.name) return false
  const name = definition.name.value
  if (definition.kind === Kind.DIRECTIVE_DEFINITION) return builtInDirectives.has(name)
  return name.startsWith('__') || builtInScalars.has(name)
}

function withoutMetaFields(definition: DefinitionNode): DefinitionNode {
  if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION || !definition.fields) return definition
  return { ...definition, fields: definition.fields.filter((field) => !field.name.value.startsWith('__')) }
}
