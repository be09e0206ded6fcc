import {
  Kind,
  visit,
  type ArgumentNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type NameNode,
  type SelectionSetNode,
} from 'graphql'

/** How much a document asks, by what is written in it alone. */
export interface DocumentMeasure {
  /** Fields within fields, with fragments laid flat, of the deepest operation. */
  depth: number
  /** Of all operations, with fragments laid flat. */
  fields: number
  aliases: number
  /** Of the operation that has most. */
  rootFields: number
  directives: number
  /** Of the lists that are written out, or the largest number given as `first` or `last`. */
  longestList: number
  /** `__proto__` as the name of a member could reach the prototype of an object in a subgraph or in the client. */
  forbiddenName: NameNode | null
}

export function measureDocument(document: DocumentNode): DocumentMeasure {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
  const measured = new Map<string, Extent>()
  const measure: DocumentMeasure = {
    depth: 0,
    fields: 0,
    aliases: 0,
    rootFields: 0,
    ...measureText(document),
  }
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue
    const extent = extentOf(definition.selectionSet, fragments, measured)
    measure.depth = Math.max(measure.depth, extent.depth)
    measure.fields += extent.fields
    measure.aliases += extent.aliases
    measure.rootFields = Math.max(measure.rootFields, extent.topFields)
  }
  return measure
}

interface Extent {
  depth: number
  fields: number
  aliases: number
  /** Those that are fields of the parent itself. */
  topFields: number
}

const NOTHING: Extent = { depth: 0, fields: 0, aliases: 0, topFields: 0 }

/** The nesting of the text is bounded by `maxTokens`, hence so is the recursion; each fragment is measured once. */
function extentOf(
  selectionSet: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  measured: Map<string, Extent>,
): Extent {
  const sum = { ...NOTHING }
  for (const selection of selectionSet.selections) {
    let extent = NOTHING
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      extent = extentOfFragment(selection.name.value, fragments, measured)
    } else {
      if (selection.selectionSet) extent = extentOf(selection.selectionSet, fragments, measured)
      if (selection.kind === Kind.FIELD) {
        const isMeta = selection.name.value.startsWith('__')
        const isAliased = selection.alias !== undefined && selection.alias.value !== selection.name.value
        extent = {
          depth: isMeta ? 1 : extent.depth + 1,
          fields: extent.fields + 1,
          aliases: extent.aliases + (isAliased ? 1 : 0),
          topFields: 1,
        }
      }
    }
    sum.depth = Math.max(sum.depth, extent.depth)
    sum.fields += extent.fields
    sum.aliases += extent.aliases
    sum.topFields += extent.topFields
  }
  return sum
}

function extentOfFragment(
  name: string,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  measured: Map<string, Extent>,
): Extent {
  const known = measured.get(name)
  if (known) return known
  const fragment = fragments.get(name)
  if (!fragment) return NOTHING
  measured.set(name, NOTHING)
  const extent = extentOf(fragment.selectionSet, fragments, measured)
  measured.set(name, extent)
  return extent
}

function measureText(
  document: DocumentNode,
): Pick<DocumentMeasure, 'directives' | 'longestList' | 'forbiddenName'> {
  let directives = 0
  let longestList = 0
  let forbiddenName: NameNode | null = null
  visit(document, {
    Directive: () => void directives++,
    ListValue: (node) => void (longestList = Math.max(longestList, node.values.length)),
    Argument: (node) => void (longestList = Math.max(longestList, pageOf(node))),
    Name: (node) => void (node.value === '__proto__' && (forbiddenName ??= node)),
  })
  return { directives, longestList, forbiddenName }
}

/** How many a `first` or `last` asks for, as far as it is written out. */
function pageOf({ name, value }: ArgumentNode): number {
  return isPageArgument(name.value) && value.kind === Kind.INT ? Number(value.value) : 0
}

export function isPageArgument(name: string): boolean {
  return name === 'first' || name === 'last'
}
