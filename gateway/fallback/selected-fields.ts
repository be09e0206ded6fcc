import {
  getNamedType,
  isCompositeType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  typeFromAST,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'

/** A place of the answer, as the document asks for it: fragments are laid flat, what is asked twice is one. */
export interface SelectedField {
  responseName: string
  /** In the schema: `Profile.recommendations`. */
  coordinate: string
  fieldName: string
  type: GraphQLOutputType
  /** What is asked of it; empty for a leaf. */
  fields: readonly SelectedField[]
}

/** The fields of a valid operation as a tree. A response name that several types give stands for the first of them. */
export function selectedFields(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): readonly SelectedField[] {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
  const root = schema.getRootType(operation.operation)
  return root ? fieldsOf(root, [operation.selectionSet]) : []

  function fieldsOf(
    parent: GraphQLCompositeType,
    selectionSets: readonly SelectionSetNode[],
  ): readonly SelectedField[] {
    const found = new Map<
      string,
      { parent: GraphQLCompositeType; field: GraphQLField<unknown, unknown>; below: SelectionSetNode[] }
    >()
    for (const selectionSet of selectionSets) collect(parent, selectionSet, found)
    return Array.from(found, ([responseName, { parent: holder, field, below }]) => {
      const named = getNamedType(field.type)
      return {
        responseName,
        coordinate: `${holder.name}.${field.name}`,
        fieldName: field.name,
        type: field.type,
        fields: isCompositeType(named) ? fieldsOf(named, below) : [],
      }
    })
  }

  function collect(
    parent: GraphQLCompositeType,
    { selections }: SelectionSetNode,
    found: Map<
      string,
      { parent: GraphQLCompositeType; field: GraphQLField<unknown, unknown>; below: SelectionSetNode[] }
    >,
  ): void {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        const field = fieldOf(parent, selection.name.value)
        if (!field) continue
        const responseName = selection.alias?.value ?? selection.name.value
        const known = found.get(responseName) ?? { parent, field, below: [] }
        if (selection.selectionSet) known.below.push(selection.selectionSet)
        found.set(responseName, known)
        continue
      }
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection
      if (!fragment) continue
      const condition = fragment.typeCondition && typeFromAST(schema, fragment.typeCondition)
      collect(isCompositeType(condition) ? condition : parent, fragment.selectionSet, found)
    }
  }
}

function fieldOf(parent: GraphQLCompositeType, name: string): GraphQLField<unknown, unknown> | undefined {
  if (name === '__typename') return TypeNameMetaFieldDef
  if (name === '__schema') return SchemaMetaFieldDef
  if (name === '__type') return TypeMetaFieldDef
  return 'getFields' in parent ? parent.getFields()[name] : undefined
}
