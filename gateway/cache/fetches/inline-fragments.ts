import {
  Kind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'

/** The one operation of a document with the fragments that it spreads written out: planners name what comes twice. */
export function inlineFragments(document: DocumentNode): OperationDefinitionNode | null {
  const fragments = new Map<string, FragmentDefinitionNode>()
  const operations: OperationDefinitionNode[] = []
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
    if (definition.kind === Kind.OPERATION_DEFINITION) operations.push(definition)
  }
  const [operation] = operations
  if (!operation || operations.length > 1) return null
  return { ...operation, selectionSet: withoutSpreads(operation.selectionSet, fragments) }
}

function withoutSpreads(
  { selections, ...rest }: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): SelectionSetNode {
  return { ...rest, selections: selections.map((selection) => withoutSpread(selection, fragments)) }
}

function withoutSpread(
  selection: SelectionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): SelectionNode {
  if (selection.kind !== Kind.FRAGMENT_SPREAD) {
    if (!selection.selectionSet) return selection
    return { ...selection, selectionSet: withoutSpreads(selection.selectionSet, fragments) }
  }
  const fragment = fragments.get(selection.name.value)
  if (!fragment)
    throw new Error(`a plan spreads the fragment ${selection.name.value}, which it does not have`)
  return {
    kind: Kind.INLINE_FRAGMENT,
    typeCondition: fragment.typeCondition,
    ...(selection.directives ? { directives: selection.directives } : {}),
    selectionSet: withoutSpreads(fragment.selectionSet, fragments),
  }
}

/** The fields of a selection on a type of which it is known that it is this one; null when others may be meant. */
export function fieldsOn(typeName: string, { selections }: SelectionSetNode): FlatField[] | null {
  const fields: FlatField[] = []
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) {
      fields.push(selection)
      continue
    }
    if (selection.kind === Kind.FRAGMENT_SPREAD || (selection.directives ?? []).length > 0) return null
    if (selection.typeCondition && selection.typeCondition.name.value !== typeName) return null
    const below = fieldsOn(typeName, selection.selectionSet)
    if (!below) return null
    fields.push(...below)
  }
  return fields
}

type FlatField = Extract<SelectionNode, { kind: Kind.FIELD }>
