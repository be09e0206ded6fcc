import { Kind, parse, print, type FieldNode, type SelectionNode, type SelectionSetNode } from 'graphql'
import type { CachedType, CacheRules } from './cache-rules.ts'
import type { CachedFetch, CachedField, CachedSelection } from './cached-fetch.ts'
import { always, compileConditions } from './compile-conditions.ts'
import { compileFieldKey, compileValue } from './field-key.ts'
import { FOR_EVER, policyOfField } from './field-policy.ts'
import { fieldsOn, inlineFragments } from './inline-fragments.ts'
import { withMarks } from './mark-selections.ts'
import { documentOf, missingOf } from './sent-documents.ts'

/** Null for a fetch with anything that may not be kept: it is then sent as it is, each time. */
export function compileEntityFetch(
  fetch: { subgraph: string; operation: string },
  parts: readonly { responseName: string; typeName: string; key: string }[],
  rules: CacheRules,
): CachedFetch | null {
  const operation = inlineFragments(parse(fetch.operation, { noLocation: true }))
  if (!operation) return null
  const selections: CachedSelection[] = []
  const rewritten = new Map<SelectionNode, SelectionNode>()
  for (const { responseName, typeName, key } of parts) {
    const field = operation.selectionSet.selections.find(
      (node) => node.kind === Kind.FIELD && nameOf(node) === responseName,
    )
    const type = rules.entityOf(fetch.subgraph, typeName)
    if (field?.kind !== Kind.FIELD || !field.selectionSet || type?.key !== key) return null
    const fields = cachedFields(fetch.subgraph, typeName, type, field.selectionSet, rules)
    if (!fields) return null
    selections.push({ responseName, subgraph: fetch.subgraph, typeName, type, fields, lookup: null })
    rewritten.set(field, withMarks(field, typeName, type))
  }
  if (rewritten.size !== operation.selectionSet.selections.length) return null
  return { document: documentOf(operation, rewritten), selections, missing: null }
}

export function compileRootFetch(
  fetch: { subgraph: string; operation: string },
  rules: CacheRules,
): CachedFetch | null {
  const operation = inlineFragments(parse(fetch.operation, { noLocation: true }))
  if (!operation) return null
  const selections: CachedSelection[] = []
  const rewritten = new Map<SelectionNode, SelectionNode>()
  for (const field of operation.selectionSet.selections) {
    if (field.kind !== Kind.FIELD || (field.directives ?? []).length > 0) return null
    const selection = rootSelection(fetch.subgraph, field, rules)
    if (!selection) return null
    selections.push(selection)
    rewritten.set(field, withMarks(field, selection.typeName, selection.type))
  }
  if (selections.length === 0) return null
  return {
    document: documentOf(operation, rewritten),
    selections,
    missing: missingOf(operation, rewritten, selections),
  }
}

function rootSelection(subgraph: string, field: FieldNode, rules: CacheRules): CachedSelection | null {
  const rule = rules.lookupOf(field.name.value)
  const [given, ...others] = field.arguments ?? []
  if (!rule || !field.selectionSet || given?.name.value !== rule.argument || others.length > 0) return null
  const type = rules.entityOf(subgraph, rule.typeName)
  const fields = type && cachedFields(subgraph, rule.typeName, type, field.selectionSet, rules)
  if (!fields) return null
  const lookup = { rule, argument: compileValue(given.value) }
  return { responseName: nameOf(field), subgraph, typeName: rule.typeName, type, fields, lookup }
}

function cachedFields(
  subgraph: string,
  typeName: string,
  type: CachedType,
  selectionSet: SelectionSetNode,
  rules: CacheRules,
): CachedField[] | null {
  const nodes = fieldsOn(typeName, selectionSet)
  if (!nodes) return null
  const fields: CachedField[] = []
  for (const node of nodes) {
    const conditions = compileConditions(node.directives ?? [])
    if (!conditions) return null
    const source = sourceOf(node, type)
    const policy = source === 'field' ? policyOfField(subgraph, typeName, node, rules) : FOR_EVER
    if (!policy || policy.maxAgeMs <= 0) return null
    const plain = { ...node, directives: [] }
    fields.push({
      responseName: nameOf(node),
      source,
      key: compileFieldKey(plain),
      hasVariables: print(plain).includes('$'),
      policy,
      isConditional: conditions !== always,
      isIncluded: conditions,
    })
  }
  return fields.some(({ source }) => source === 'field') ? fields : null
}

function sourceOf({ name: { value } }: FieldNode, type: CachedType): CachedField['source'] {
  if (value === '__typename') return 'typename'
  return value === type.key ? 'key' : 'field'
}

function nameOf({ alias, name }: FieldNode): string {
  return alias?.value ?? name.value
}
