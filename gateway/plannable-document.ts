import {
  Kind,
  print,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type ASTNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'
import type { DeniedFields } from './engine/denied-fields.ts'
import { safeAlias } from './safe-aliases.ts'

export interface DocumentToPlan {
  document: DocumentNode
  operation: OperationDefinitionNode
  schema: GraphQLSchema
  denied: DeniedFields
}

/**
 * The text of one operation as the planner wants it, or null when no subgraph needs to be asked. Left out is what the
 * gateway answers itself (`__schema`, `__type`, `__typename` of a root), what may not be read, and what
 * `@skip(if: true)` and `@include(if: false)` take away: the planner fails on an operation in which nothing is left.
 * Aliases are made safe.
 */
export function plannableDocument({ document, operation, schema, denied }: DocumentToPlan): string | null {
  const typeInfo = new TypeInfo(schema)
  const roots = new Set<unknown>([
    schema.getQueryType(),
    schema.getMutationType(),
    schema.getSubscriptionType(),
  ])
  const wanted: DocumentNode = {
    ...document,
    definitions: document.definitions.filter(
      (definition) => definition === operation || definition.kind === Kind.FRAGMENT_DEFINITION,
    ),
  }
  let nothingLeft = false
  const plannable = visit(
    wanted,
    visitWithTypeInfo(typeInfo, {
      FragmentSpread: (node) => (isSwitchedOff(node.directives) ? null : undefined),
      InlineFragment: (node) => (isSwitchedOff(node.directives) ? null : undefined),
      Field(node) {
        if (isSwitchedOff(node.directives) || denied.has(node)) return null
        const parent = typeInfo.getParentType()
        if (parent && node.name.value.startsWith('__') && roots.has(parent)) return null
        return withSafeAlias(node)
      },
      SelectionSet: {
        leave(node, _key, parent) {
          if (node.selections.length > 0) return undefined
          if (isOperation(parent)) nothingLeft = true
          return { ...node, selections: [TYPENAME] } satisfies SelectionSetNode
        },
      },
    }),
  )
  return nothingLeft ? null : print(plannable)
}

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } }

function withSafeAlias(node: FieldNode): FieldNode | undefined {
  if (!node.alias) return undefined
  const { alias, ...rest } = node
  if (alias.value === node.name.value) return rest
  return { ...node, alias: { ...alias, value: safeAlias(alias.value) } }
}

function isOperation(parent: ASTNode | readonly ASTNode[] | undefined): boolean {
  return parent !== undefined && 'kind' in parent && parent.kind === Kind.OPERATION_DEFINITION
}

/** Whether a condition written as a literal takes the selection away; what a variable decides is the plan's matter. */
function isSwitchedOff(directives: readonly DirectiveNode[] | undefined): boolean {
  return (directives ?? []).some((directive) => {
    const argument = directive.arguments?.find(({ name }) => name.value === 'if')
    if (argument?.value.kind !== Kind.BOOLEAN) return false
    if (directive.name.value === 'skip') return argument.value.value
    return directive.name.value === 'include' && !argument.value.value
  })
}
