import {
  execute,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql'
import type { Introspected } from './shape/write-json.ts'

/** The answers of `__schema` and `__type`, which the gateway gives itself, by response name. */
export type Introspect = (variables: Readonly<Record<string, unknown>>) => Introspected

const NONE: Introspected = {}

/** For operations without introspection this does nothing; for those whose answer no variable changes, it runs once. */
export function compileIntrospection(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Introspect {
  const asked = introspectionOnly(schema, document, operation)
  if (!asked) return () => NONE
  const run: Introspect = (variables) => {
    const result = execute({ schema, document: asked, variableValues: variables })
    if (result instanceof Promise) throw new Error('introspection gave a promise')
    return result.data ?? NONE
  }
  if ((operation.variableDefinitions ?? []).length > 0) return run
  let known: Introspected | undefined
  return (variables) => (known ??= run(variables))
}

/** The operation with nothing but its introspection; null when it has none. */
function introspectionOnly(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): DocumentNode | null {
  const query = schema.getQueryType()
  const typeInfo = new TypeInfo(schema)
  let found = false
  const definitions = document.definitions.filter(
    (definition) => definition === operation || definition.kind === Kind.FRAGMENT_DEFINITION,
  )
  const asked = visit(
    { ...document, definitions },
    visitWithTypeInfo(typeInfo, {
      Field(node) {
        if (typeInfo.getParentType() !== query) return undefined
        if (node.name.value !== '__schema' && node.name.value !== '__type') return null
        found = true
        return false
      },
    }),
  )
  return found ? asked : null
}
