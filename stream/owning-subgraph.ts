import type { Change, EntityRef } from './ports.ts'

/** The subgraph whose fields of an entity have the version that the feed tells: only those are cached under it. */
const OWNERS: Readonly<Record<Change['entity'], string>> = { Profile: 'profiles', Product: 'products' }

/** What a change changes, as the entity cache knows it. */
export function entityOf({ entity, id }: Pick<Change, 'entity' | 'id'>): EntityRef {
  return { subgraph: OWNERS[entity], type: entity, id }
}
