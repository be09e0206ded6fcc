import {
  isAbstractType,
  Kind,
  type ConstDirectiveNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql'

export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>

export function fragmentsOf(document: DocumentNode): Fragments {
  return new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  )
}

export interface FieldsToCollect {
  schema: GraphQLSchema
  fragments: Fragments
  variables: Readonly<Record<string, unknown>>
  type: GraphQLCompositeType
  selectionSets: readonly SelectionSetNode[]
}

/**
 * The fields of a selection on a type, by response name and in the order of an answer (CollectFields of the
 * specification). On an abstract type, those that every member has: of fragments on other types, those that hold for all.
 */
export function collectFields(options: FieldsToCollect): Map<string, FieldNode[]> {
  const fields = new Map<string, FieldNode[]>()
  const spread = new Set<string>()
  for (const selectionSet of options.selectionSets) collectInto(fields, selectionSet, spread, options)
  return fields
}

function collectInto(
  fields: Map<string, FieldNode[]>,
  selectionSet: SelectionSetNode,
  spread: Set<string>,
  options: FieldsToCollect,
): void {
  for (const selection of selectionSet.selections) {
    if (!isIncluded(selection.directives, options.variables)) continue
    if (selection.kind === Kind.FIELD) {
      const name = selection.alias?.value ?? selection.name.value
      const same = fields.get(name)
      if (same) same.push(selection)
      else fields.set(name, [selection])
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      if (applies(selection.typeCondition?.name.value, options)) {
        collectInto(fields, selection.selectionSet, spread, options)
      }
    } else {
      const fragment = options.fragments.get(selection.name.value)
      if (!fragment || spread.has(selection.name.value)) continue
      spread.add(selection.name.value)
      if (applies(fragment.typeCondition.name.value, options)) {
        collectInto(fields, fragment.selectionSet, spread, options)
      }
    }
  }
}

function applies(condition: string | undefined, { schema, type }: FieldsToCollect): boolean {
  if (condition === undefined || condition === type.name) return true
  const conditionType = schema.getType(condition)
  if (!isAbstractType(conditionType)) return false
  if (!isAbstractType(type)) return schema.isSubType(conditionType, type)
  return schema.getPossibleTypes(type).every((member) => schema.isSubType(conditionType, member))
}

/** `@skip` and `@include`, whose arguments are literals or variables that are known to be Booleans. */
function isIncluded(
  directives: readonly (DirectiveNode | ConstDirectiveNode)[] | undefined,
  variables: Readonly<Record<string, unknown>>,
): boolean {
  return (directives ?? []).every((directive) => {
    const name = directive.name.value
    if (name !== 'skip' && name !== 'include') return true
    const value = directive.arguments?.find((argument) => argument.name.value === 'if')?.value
    const isTrue =
      value?.kind === Kind.VARIABLE
        ? variables[value.name.value] === true
        : value?.kind === Kind.BOOLEAN && value.value
    return isTrue === (name === 'include')
  })
}
