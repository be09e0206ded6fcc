import {
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
} from 'graphql'
import type { AccessRules, Grant } from './access-rules.ts'
import type { DeniedCode } from './shape/compile-shape.ts'

export type DeniedFields = ReadonlyMap<FieldNode, DeniedCode>

/** The fields of a document that may not be read under this grant, each with the code of its error. */
export function deniedFieldsOf(
  document: DocumentNode,
  schema: GraphQLSchema,
  rules: AccessRules,
  grant: Grant,
): DeniedFields {
  const denied = new Map<FieldNode, DeniedCode>()
  const typeInfo = new TypeInfo(schema)
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field(node) {
        const parent = typeInfo.getParentType()
        const code = parent && rules.deniedCode(parent, node.name.value, grant)
        if (code) denied.set(node, code)
      },
    }),
  )
  return denied
}
