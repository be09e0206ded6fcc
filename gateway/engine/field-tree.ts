import { Kind, parse, type DocumentNode, type FragmentDefinitionNode, type SelectionSetNode } from 'graphql'

/** What an operation selects, with all fragments laid flat: the members of an answer that are taken over. */
export type FieldTree = readonly TreeField[]

export interface TreeField {
  responseName: string
  /** Null for a leaf. A leaf is never looked into: the object of a custom scalar is one value. */
  fields: FieldTree | null
  /**
   * Whether another fetch writes into the objects of this field, or into some below it. Then they are copied when they
   * are taken over, as an answer may be shared; else the answer's own objects are.
   */
  isWritten: boolean
}

/** The tree of the one operation in this text. */
export function fieldTreeOf(operation: string): FieldTree {
  const document: DocumentNode = parse(operation, { noLocation: true })
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
  const root: Branch = new Map()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) grow(root, definition.selectionSet, fragments)
  }
  return freeze(root)
}

/** The members of the named field of a tree; empty for a leaf or a name that is not there. */
export function subtree(tree: FieldTree, responseName: string): FieldTree {
  return tree.find((field) => field.responseName === responseName)?.fields ?? []
}

/** The tree after a rename of what stands at the end of a path of response names. */
export function renameInTree(tree: FieldTree, path: readonly string[], renamed: string): FieldTree {
  const [name, ...rest] = path
  if (name === undefined) return tree
  if (rest.length > 0) {
    return tree.map((field) =>
      field.responseName === name && field.fields
        ? { ...field, fields: renameInTree(field.fields, rest, renamed) }
        : field,
    )
  }
  const moved = tree.find((field) => field.responseName === name)
  if (!moved) return tree
  const others = tree.filter((field) => field !== moved)
  const present = others.find((field) => field.responseName === renamed)
  if (!present) return [...others, { ...moved, responseName: renamed }]
  return others.map((field) =>
    field === present ? { ...field, fields: union(present.fields, moved.fields) } : field,
  )
}

/** The tree with `isWritten` set for the named fields and for all on the way to them. */
export function markWritten(tree: FieldTree, written: ReadonlySet<string>): FieldTree {
  return tree.map((field) => {
    if (!field.fields) return field
    const fields = markWritten(field.fields, written)
    return {
      ...field,
      fields,
      isWritten: written.has(field.responseName) || fields.some((below) => below.isWritten),
    }
  })
}

/** Calls back for every field of the tree that has fields of its own. */
export function eachComposite(tree: FieldTree, visit: (responseName: string) => void): void {
  for (const { responseName, fields } of tree) {
    if (!fields) continue
    visit(responseName)
    eachComposite(fields, visit)
  }
}

type Branch = Map<string, Branch | null>

function grow(
  branch: Branch,
  selectionSet: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): void {
  for (const selection of selectionSet.selections) {
    if (selection.kind === Kind.FIELD) {
      const responseName = selection.alias?.value ?? selection.name.value
      if (!selection.selectionSet) {
        branch.set(responseName, null)
        continue
      }
      const below: Branch = branch.get(responseName) ?? new Map()
      grow(below, selection.selectionSet, fragments)
      branch.set(responseName, below)
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      grow(branch, selection.selectionSet, fragments)
    } else {
      const fragment = fragments.get(selection.name.value)
      if (fragment) grow(branch, fragment.selectionSet, fragments)
    }
  }
}

function freeze(branch: Branch): FieldTree {
  return Array.from(branch, ([responseName, below]) => ({
    responseName,
    fields: below && freeze(below),
    isWritten: false,
  }))
}

function union(left: FieldTree | null, right: FieldTree | null): FieldTree | null {
  if (!left || !right) return left ?? right
  const onlyRight = right.filter((field) => !left.some((other) => other.responseName === field.responseName))
  const merged = left.map((field) => {
    const twin = right.find((other) => other.responseName === field.responseName)
    return twin ? { ...field, fields: union(field.fields, twin.fields) } : field
  })
  return [...merged, ...onlyRight]
}
