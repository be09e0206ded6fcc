import { Kind, type FieldNode, type SelectionSetNode } from 'graphql'
import type { CachePolicy, CacheRules } from './cache-rules.ts'

/** Of what an entity tells of itself. */
export const FOR_EVER: CachePolicy = {
  maxAgeMs: Infinity,
  isPrivate: false,
  revalidateMs: Infinity,
  ifErrorMs: Infinity,
}

/** The strictest of what is said of a field and of all that is selected below it; null where nothing is said of the field. */
export function policyOfField(
  subgraph: string,
  typeName: string,
  field: FieldNode,
  rules: CacheRules,
): CachePolicy | null {
  const own = rules.policyOf(subgraph, typeName, field.name.value)
  if (!own) return null
  const value = rules.typeOf(typeName, field.name.value)
  if (!field.selectionSet) return own
  return belowOf(subgraph, value?.name ?? null, field.selectionSet, rules).reduce(strictest, own)
}

function belowOf(
  subgraph: string,
  typeName: string | null,
  { selections }: SelectionSetNode,
  rules: CacheRules,
): CachePolicy[] {
  return selections.flatMap((selection) => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return []
    const on =
      selection.kind === Kind.INLINE_FRAGMENT ? (selection.typeCondition?.name.value ?? typeName) : typeName
    if (selection.kind === Kind.INLINE_FRAGMENT) return belowOf(subgraph, on, selection.selectionSet, rules)
    if (on === null || selection.name.value === '__typename') return []
    const isKey = rules.entityOf(subgraph, on)?.key === selection.name.value
    const own = isKey ? null : rules.policyOf(subgraph, on, selection.name.value)
    const value = rules.typeOf(on, selection.name.value)
    const below = selection.selectionSet
      ? belowOf(subgraph, value?.name ?? null, selection.selectionSet, rules)
      : []
    return own ? [own, ...below] : below
  })
}

function strictest(one: CachePolicy, other: CachePolicy): CachePolicy {
  return {
    maxAgeMs: Math.min(one.maxAgeMs, other.maxAgeMs),
    isPrivate: one.isPrivate || other.isPrivate,
    revalidateMs: Math.min(one.revalidateMs, other.revalidateMs),
    ifErrorMs: Math.min(one.ifErrorMs, other.ifErrorMs),
  }
}
