import { canonicalJson, isJsonObject, type JsonValue } from '../../../core/json.ts'
import type { CachedSelection } from './cached-fetch.ts'
import type { EntitySpace } from '../near/entity-space.ts'

/** By what a root field is to find one entity. */
export interface LookupKey {
  value: JsonValue
  /** The entity's own key, when that is all that is given. */
  id: string | null
  /** The same for the same look-up. */
  text: string
}

/** Those of a root field, in their order; null when it was not given what it needs, which its subgraph will say. */
export function lookupKeys(
  { lookup }: CachedSelection,
  variables: Readonly<Record<string, unknown>>,
): LookupKey[] | null {
  const given = lookup?.argument(variables)
  if (!lookup || given === undefined || given === null) return null
  if (!lookup.rule.isList) return [keyOf(given, lookup.rule.key)]
  // A list that is given as a single value is one of one item, as GraphQL coerces it.
  const items = Array.isArray(given) ? given : [given]
  return items.includes(null) ? null : items.map((item) => keyOf(item, lookup.rule.key))
}

function keyOf(value: JsonValue, member: string | null): LookupKey {
  const id = member === null ? value : isJsonObject(value) ? onlyMember(value, member) : null
  if (typeof id === 'string') return { value, id, text: id }
  return { value, id: null, text: canonicalJson(value) }
}

function onlyMember(value: { [key: string]: JsonValue }, member: string): JsonValue {
  for (const key in value) {
    if (key !== member && Object.hasOwn(value, key) && value[key] !== null) return null
  }
  return Object.hasOwn(value, member) ? (value[member] ?? null) : null
}

/** Under what a look-up of an authorization class is kept. */
export function aliasOf({ prefix }: EntitySpace, of: string, text: string): string {
  return `${prefix}${of}\n${text}`
}
