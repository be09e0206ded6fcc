import { Kind, print, type OperationDefinitionNode, type SelectionNode } from 'graphql'
import { KEYS, type CachedFetch, type CachedSelection } from './cached-fetch.ts'

/** The operation with some of its fields in the place of others. */
export function documentOf(
  operation: OperationDefinitionNode,
  rewritten: ReadonlyMap<SelectionNode, SelectionNode>,
): string {
  const selections = operation.selectionSet.selections.map((node) => rewritten.get(node) ?? node)
  return print({ ...operation, selectionSet: { kind: Kind.SELECTION_SET, selections } })
}

/** The list of a root field as a variable of its own, in place of what it was given. */
export function missingOf(
  operation: OperationDefinitionNode,
  rewritten: ReadonlyMap<SelectionNode, SelectionNode>,
  [selection, ...others]: readonly CachedSelection[],
): CachedFetch['missing'] {
  const rule = selection?.lookup?.rule
  const [original] = operation.selectionSet.selections
  const field = original && rewritten.get(original)
  if (!rule?.isList || others.length > 0 || field?.kind !== Kind.FIELD) return null
  const asked = {
    ...field,
    arguments: [
      {
        kind: Kind.ARGUMENT as const,
        name: { kind: Kind.NAME as const, value: rule.argument },
        value: { kind: Kind.VARIABLE as const, name: { kind: Kind.NAME as const, value: KEYS } },
      },
    ],
  }
  const selections = print({ kind: Kind.SELECTION_SET, selections: [asked] })
  const used = new Set(Array.from(selections.matchAll(/\$(\w+)/g), ([, name]) => name))
  const variables = (operation.variableDefinitions ?? []).filter((one) => used.has(one.variable.name.value))
  const declared = [`$${KEYS}: [${rule.argumentType}!]!`, ...variables.map((variable) => print(variable))]
  return {
    document: `query(${declared.join(', ')}) ${selections}`,
    variableNames: variables.map(({ variable }) => variable.name.value),
  }
}
