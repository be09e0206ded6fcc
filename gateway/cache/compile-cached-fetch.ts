import {
  Kind,
  parse,
  print,
  type DirectiveNode,
  type FieldNode,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import type { JsonValue } from '../../core/json.ts'
import type { CachedType, CachePolicy, CacheRules, EntityLookup } from './cache-rules.ts'
import { compileFieldKey, compileValue, type FieldKey } from './field-key.ts'
import { fieldsOn, inlineFragments } from './inline-fragments.ts'

/** A fetch of which every entity may be cached: known before any request. */
export interface CachedFetch {
  /** What is sent in the place of the plan's document: it asks for version, key and expiry as well. */
  document: string
  /** One for each part of an entity fetch, and for each field of a root fetch. */
  selections: readonly CachedSelection[]
  /** For a root fetch of one list: the same with the list as the variable KEYS, to ask for those that are missing. */
  missing: { document: string; variableNames: readonly string[] } | null
}

export interface CachedSelection {
  responseName: string
  subgraph: string
  typeName: string
  type: CachedType
  fields: readonly CachedField[]
  lookup: CompiledLookup | null
}

export interface CachedField {
  responseName: string
  /** Given by the entity itself, whatever is cached. */
  source: 'typename' | 'key' | 'field'
  key: FieldKey
  /** Whether the key depends on variables. */
  hasVariables: boolean
  policy: CachePolicy
  /** Whether `isIncluded` depends on variables. */
  isConditional: boolean
  isIncluded: (variables: Readonly<Record<string, unknown>>) => boolean
}

export interface CompiledLookup {
  rule: EntityLookup
  /** What the argument is; undefined when it is not given. */
  argument: (variables: Readonly<Record<string, unknown>>) => JsonValue | undefined
}

/** Under these names an answer tells what the cache needs; no field of a graph begins so. */
export const VERSION = '_as_cache_version'
export const KEY = '_as_cache_key'
export const EXPIRES_AT = '_as_cache_expires'
export const KEYS = '_as_cache_keys'

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

const FOR_EVER: CachePolicy = {
  maxAgeMs: Infinity,
  isPrivate: false,
  revalidateMs: Infinity,
  ifErrorMs: Infinity,
}

/** The strictest of what is said of a field and of all that is selected below it. */
function policyOfField(
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

/** `@skip` and `@include` of a field of the entity itself; null for any other directive. */
function compileConditions(directives: readonly DirectiveNode[]): CachedField['isIncluded'] | null {
  const conditions = directives.map((directive) => {
    const name = directive.name.value
    const value = directive.arguments?.find((argument) => argument.name.value === 'if')?.value
    if ((name !== 'skip' && name !== 'include') || !value) return null
    const compiled = compileValue(value)
    return (variables: Readonly<Record<string, unknown>>) =>
      (compiled(variables) === true) === (name === 'include')
  })
  if (conditions.length === 0) return always
  return conditions.includes(null)
    ? null
    : (variables) => conditions.every((condition) => condition?.(variables))
}

function always(): boolean {
  return true
}

function withMarks(field: FieldNode, typeName: string, { key, fence }: CachedType): FieldNode {
  const marks = [aliased(KEY, key)]
  if (fence) marks.push(aliased(VERSION, fence.version))
  if (fence?.expiresAt !== null && fence?.expiresAt !== undefined)
    marks.push(aliased(EXPIRES_AT, fence.expiresAt))
  const onType: SelectionNode = {
    kind: Kind.INLINE_FRAGMENT,
    typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: typeName } },
    selectionSet: { kind: Kind.SELECTION_SET, selections: marks },
  }
  const selections = [...(field.selectionSet?.selections ?? []), onType]
  return { ...field, selectionSet: { kind: Kind.SELECTION_SET, selections } }
}

function aliased(alias: string, name: string): FieldNode {
  return {
    kind: Kind.FIELD,
    alias: { kind: Kind.NAME, value: alias },
    name: { kind: Kind.NAME, value: name },
  }
}

/** The list of a root field as a variable of its own, in place of what it was given. */
function missingOf(
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

function documentOf(
  operation: OperationDefinitionNode,
  rewritten: ReadonlyMap<SelectionNode, SelectionNode>,
): string {
  const selections = operation.selectionSet.selections.map((node) => rewritten.get(node) ?? node)
  return print({ ...operation, selectionSet: { kind: Kind.SELECTION_SET, selections } })
}

function nameOf({ alias, name }: FieldNode): string {
  return alias?.value ?? name.value
}
