import type { JsonValue } from '../../../core/json.ts'
import type { CachedType, CachePolicy, EntityLookup } from './cache-rules.ts'
import type { FieldKey } from './field-key.ts'

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
