import { Kind, parse, type ConstDirectiveNode, type ConstValueNode } from 'graphql'
import { argumentOf, directiveNames } from '../../directive-names.ts'

/** What `@listSize` says of a field. */
export interface ListSize {
  /** Where no slicing argument tells; null: not said. */
  assumedSize: number | null
  /** Arguments with how many are asked for, or a list with one for each; `input.first` is a member. */
  slicingArguments: readonly string[]
  /** Fields of the value that have that many; none: the field itself. */
  sizedFields: readonly string[]
}

/** The `@cost` and `@listSize` of a supergraph. */
export interface CostRules {
  /** By type (`Order`), field (`Query.orders`) or argument (`Query.orders(first:)`). */
  weights: ReadonlyMap<string, number>
  /** By field. */
  listSizes: ReadonlyMap<string, ListSize>
}

export function costRulesOf(supergraphSdl: string): CostRules {
  const supergraph = parse(supergraphSdl, { noLocation: true })
  const costNames = directiveNames(supergraph, 'cost')
  const listSizeNames = directiveNames(supergraph, 'listSize')
  const weights = new Map<string, number>()
  const listSizes = new Map<string, ListSize>()
  for (const definition of supergraph.definitions) {
    switch (definition.kind) {
      case Kind.SCALAR_TYPE_DEFINITION:
      case Kind.ENUM_TYPE_DEFINITION:
        addWeight(definition.name.value, definition.directives)
        break
      case Kind.OBJECT_TYPE_DEFINITION:
      case Kind.INTERFACE_TYPE_DEFINITION:
        addWeight(definition.name.value, definition.directives)
        for (const field of definition.fields ?? []) {
          const coordinate = `${definition.name.value}.${field.name.value}`
          addWeight(coordinate, field.directives)
          for (const argument of field.arguments ?? [])
            addWeight(`${coordinate}(${argument.name.value}:)`, argument.directives)
          const listSize = field.directives?.find(({ name }) => listSizeNames.has(name.value))
          if (listSize) listSizes.set(coordinate, readListSize(listSize))
        }
        break
    }
  }
  return { weights, listSizes }

  function addWeight(coordinate: string, directives: readonly ConstDirectiveNode[] | undefined): void {
    const directive = directives?.find(({ name }) => costNames.has(name.value))
    const weight = directive && numberOf(argumentOf(directive, 'weight'))
    if (weight !== undefined && weight !== null) weights.set(coordinate, weight)
  }
}

function readListSize(directive: ConstDirectiveNode): ListSize {
  return {
    assumedSize: numberOf(argumentOf(directive, 'assumedSize')),
    slicingArguments: textsOf(argumentOf(directive, 'slicingArguments')),
    sizedFields: textsOf(argumentOf(directive, 'sizedFields')),
  }
}

/** A weight is an Int for some composers, and a String with a decimal for others. */
function numberOf(value: ConstValueNode | undefined): number | null {
  if (value?.kind !== Kind.INT && value?.kind !== Kind.FLOAT && value?.kind !== Kind.STRING) return null
  const number = Number(value.value)
  return Number.isFinite(number) ? number : null
}

function textsOf(value: ConstValueNode | undefined): readonly string[] {
  if (value?.kind === Kind.STRING) return [value.value]
  if (value?.kind !== Kind.LIST) return []
  return value.values.flatMap((item) => (item.kind === Kind.STRING ? [item.value] : []))
}
