import type { EntityCall } from '../../batching/fetch-entities.ts'
import type { RootCall } from '../../batching/join-root.ts'
import type { EntityCache } from '../entity-cache.ts'
import type { EntityWant } from '../entity-read.ts'
import type { CachedFetch, CachedField, CachedSelection } from './cached-fetch.ts'
import { aliasOf, lookupKeys, type LookupKey } from './lookup-key.ts'

/** An entity that a fetch needs, and what of it. */
export interface FetchWant extends EntityWant {
  selection: CachedSelection
  /** With the entity's own, which are not read. */
  selected: readonly CachedField[]
  fields: readonly { key: string; policy: CachedField['policy']; responseName: string }[]
}

/** Of an entity fetch: where among its representations. */
export interface PartWant extends FetchWant {
  part: number
  at: number
}

/** Of a root fetch: by what it is looked for. */
export interface RootWant extends FetchWant {
  key: LookupKey
}

/** Null when an entity is asked for by something else than its key. `of`: the class of whoever asks. */
export function entityWants(
  { parts, variables }: EntityCall,
  { selections }: CachedFetch,
  { cache, of }: { cache: EntityCache; of: string },
): PartWant[] | null {
  const wants: PartWant[] = []
  for (const [part, { representations }] of parts.entries()) {
    const selection = selections[part]
    if (!selection) return null
    const wanted = wantedFields(selection, variables)
    const space = cache.space(selection.subgraph, selection.typeName, selection.type.fence !== null)
    for (const [at, { value }] of representations.entries()) {
      const id = value[selection.type.key]
      if (typeof id !== 'string') return null
      const alias = aliasOf(space, of, id)
      wants.push({ space, id, alias, class: of, ...wanted, selection, part, at })
    }
  }
  return wants
}

/** Null when a field was not given what it finds its entities by. */
export function rootWants(
  { variables }: RootCall,
  { selections }: CachedFetch,
  { cache, of }: { cache: EntityCache; of: string },
): RootWant[] | null {
  const wants: RootWant[] = []
  for (const selection of selections) {
    const keys = lookupKeys(selection, variables)
    if (!keys) return null
    const wanted = wantedFields(selection, variables)
    const space = cache.space(selection.subgraph, selection.typeName, selection.type.fence !== null)
    for (const key of keys) {
      const alias = aliasOf(space, of, key.text)
      wants.push({ space, id: key.id, alias, class: of, ...wanted, selection, key })
    }
  }
  return wants
}

function wantedFields(
  { fields }: CachedSelection,
  variables: Readonly<Record<string, unknown>>,
): Pick<FetchWant, 'selected' | 'fields'> {
  const selected = fields.filter(({ isIncluded }) => isIncluded(variables))
  return {
    selected,
    fields: selected
      .filter(({ source }) => source === 'field')
      .map(({ key, policy, responseName }) => ({ key: key(variables), policy, responseName })),
  }
}
