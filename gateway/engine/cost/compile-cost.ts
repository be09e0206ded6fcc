import {
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isListType,
  isObjectType,
  isUnionType,
  Kind,
  OperationTypeNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'
import { amountWith, largest, onlyWhen, product, sum, type Amount, type Variables } from './amount.ts'
import type { CostRules } from './cost-rules.ts'
import { askedSize, ASSUMED_LIST_SIZE } from './list-size.ts'

/** What an operation costs with these variables (coerced), known before anything is asked. */
export type OperationCost = (variables: Variables) => number

export interface CompileCostOptions {
  schema: GraphQLSchema
  document: DocumentNode
  operation: OperationDefinitionNode
  rules: CostRules
  /** Fields that are not asked for. */
  isDenied: (node: FieldNode) => boolean
}

const OBJECT_COST = 1
const MUTATION_COST = 10

/** How many the lists of a page have (`edges`, `nodes`): what the arguments of the field above asked for. */
interface Page {
  size: Amount
  fieldNames: readonly string[]
}

/** Where no `@listSize` names them. */
const USUAL_PAGE_FIELDS = ['edges', 'nodes', 'items']

/**
 * An upper bound of the objects that a valid operation may give, by what it asks: an object is 1, a scalar 0, a field of
 * a mutation 10 more, each under its `@cost`; a list is as many as its arguments ask for. Of fragments on several types
 * those count that can hold for one object. A field counts as often as it is written.
 */
export function compileCost({
  schema,
  document,
  operation,
  rules,
  isDenied,
}: CompileCostOptions): OperationCost {
  const fragments = new Map<string, FragmentDefinitionNode>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition)
  }
  const root = schema.getRootType(operation.operation)
  if (!root) throw new Error('a cost was asked for an operation that is not valid')
  const isMutation = operation.operation === OperationTypeNode.MUTATION
  const cost = costOfSelections(operation.selectionSet, root, [root], null)
  return (variables) => amountWith(cost, variables)

  function costOfSelections(
    { selections }: SelectionSetNode,
    parent: GraphQLCompositeType,
    possible: readonly GraphQLObjectType[],
    page: Page | null,
  ): Amount {
    const always: Amount[] = []
    const onSome: { types: readonly GraphQLObjectType[]; amount: Amount }[] = []
    for (const selection of selections) {
      const conditions = conditionsOf(selection.directives)
      if (!conditions) continue
      if (selection.kind === Kind.FIELD) {
        always.push(onlyWhen(costOfField(selection, parent, page), conditions))
        continue
      }
      const fragment =
        selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection
      if (!fragment) continue
      const type = fragment.typeCondition ? schema.getType(fragment.typeCondition.name.value) : parent
      if (!isCompositeType(type)) continue
      const types = type === parent ? possible : narrowed(possible, type)
      if (types.length === 0 && possible.length > 0) continue
      const amount = onlyWhen(costOfSelections(fragment.selectionSet, type, types, page), conditions)
      if (types.length === possible.length) always.push(amount)
      else onSome.push({ types, amount })
    }
    return sum([...always, largestForOneType(possible, onSome)])
  }

  function costOfField(node: FieldNode, parent: GraphQLCompositeType, page: Page | null): Amount {
    const field = isUnionType(parent) ? undefined : parent.getFields()[node.name.value]
    if (!field || isDenied(node)) return 0
    const type = getNamedType(field.type)
    const coordinates = typesOf(parent).map(({ name }) => `${name}.${field.name}`)
    const rule = coordinates.map((coordinate) => rules.listSizes.get(coordinate)).find(Boolean)
    const asked = askedSize(node, field, rule)
    const isList = isListType(getNullableType(field.type))
    const ofPage = page?.fieldNames.includes(field.name) ? page.size : null
    // A directive that names the fields that are sized says nothing of the list that it stands at.
    const own = rule && rule.sizedFields.length > 0 ? null : asked
    const size = isList ? product(own ?? ofPage ?? ASSUMED_LIST_SIZE, innerLists(field.type)) : 1
    const next = pageBelow(asked, isList, rule?.sizedFields ?? [])
    const below =
      node.selectionSet && isCompositeType(type)
        ? costOfSelections(node.selectionSet, type, possibleTypes(type), next)
        : 0
    const weight = weightOf(coordinates) ?? weightOfType(type)
    const given = (node.arguments ?? []).map(({ name }) =>
      Math.max(0, weightOf(coordinates.map((coordinate) => `${coordinate}(${name.value}:)`)) ?? 0),
    )
    const once = isMutation && parent === root ? MUTATION_COST : 0
    return sum([once, ...given, product(size, sum([weight, below]))])
  }

  /** The most that objects of one type can cost by fragments that are not for all. */
  function largestForOneType(
    possible: readonly GraphQLObjectType[],
    onSome: readonly { types: readonly GraphQLObjectType[]; amount: Amount }[],
  ): Amount {
    const combinations = new Map<string, Amount[]>()
    if (onSome.length === 0) return 0
    for (const type of possible) {
      const holding = onSome.filter(({ types }) => types.includes(type))
      const key = holding.map((item) => onSome.indexOf(item)).join(' ')
      if (!combinations.has(key))
        combinations.set(
          key,
          holding.map(({ amount }) => amount),
        )
    }
    return largest([...combinations.values()].map(sum))
  }

  function narrowed(possible: readonly GraphQLObjectType[], type: GraphQLCompositeType): GraphQLObjectType[] {
    return possible.filter((member) =>
      isAbstractType(type) ? schema.isSubType(type, member) : member === type,
    )
  }

  function possibleTypes(type: GraphQLCompositeType): readonly GraphQLObjectType[] {
    return isObjectType(type) ? [type] : schema.getPossibleTypes(type)
  }

  function typesOf(type: GraphQLCompositeType): readonly GraphQLCompositeType[] {
    return isAbstractType(type) ? [type, ...schema.getPossibleTypes(type)] : [type]
  }

  function weightOf(coordinates: readonly string[]): number | undefined {
    const weights = coordinates.flatMap((coordinate) => rules.weights.get(coordinate) ?? [])
    return weights.length > 0 ? Math.max(...weights) : undefined
  }

  function weightOfType(type: GraphQLNamedType): number {
    const names = isCompositeType(type) ? typesOf(type).map(({ name }) => name) : [type.name]
    return weightOf(names) ?? (isCompositeType(type) ? OBJECT_COST : 0)
  }
}

function pageBelow(asked: Amount | null, isList: boolean, sizedFields: readonly string[]): Page | null {
  if (asked === null) return null
  if (sizedFields.length > 0) return { size: asked, fieldNames: sizedFields }
  return isList ? null : { size: asked, fieldNames: USUAL_PAGE_FIELDS }
}

/** Lists in lists: the arguments speak of the outermost. */
function innerLists(type: GraphQLOutputType): number {
  const list = getNullableType(type)
  if (!isListType(list)) return 1
  const item = getNullableType(list.ofType)
  return isListType(item) ? ASSUMED_LIST_SIZE * innerLists(item) : 1
}

/** The variables on which a selection hangs; null when it is never there. */
function conditionsOf(
  directives: readonly DirectiveNode[] = [],
): readonly { variable: string; wanted: boolean }[] | null {
  const conditions: { variable: string; wanted: boolean }[] = []
  for (const { name, arguments: given = [] } of directives) {
    if (name.value !== 'skip' && name.value !== 'include') continue
    const wanted = name.value === 'include'
    const value = given.find((argument) => argument.name.value === 'if')?.value
    if (value?.kind === Kind.BOOLEAN && value.value !== wanted) return null
    if (value?.kind === Kind.VARIABLE) conditions.push({ variable: value.name.value, wanted })
  }
  return conditions
}
