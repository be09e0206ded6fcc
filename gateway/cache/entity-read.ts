import type { EntitySpace } from './near/entity-space.ts'
import type { CachePolicy } from './fetches/cache-rules.ts'

/** An entity that a request needs some fields of. */
export interface EntityWant {
  space: EntitySpace
  /** Null where only the look-up by which it is found is known. */
  id: string | null
  /** That look-up, or the id as it was asked for: an entity may answer to another id than its own. */
  alias: string
  /** Who may see it, and in which shape: the class of authorization and the hash of the schema. */
  class: string
  fields: readonly { key: string; policy: CachePolicy }[]
}

/** What a subgraph says of an entity. Values are in the order of the wanted fields. */
export type EntityAnswered =
  | { kind: 'found'; id: string; version: number; expiresAt: number | null; values: readonly unknown[] }
  | { kind: 'absent' }
  /** Of which something is wrong: passed on as it is, and never kept. */
  | { kind: 'failed'; failure: unknown }

export type EntityRead =
  | { kind: 'found'; id: string; version: number; values: readonly unknown[]; isStale: boolean }
  | { kind: 'absent'; isStale: boolean }
  | { kind: 'failed'; failure: unknown }

/** Asks the subgraph, in one call. Behind a request: not bounded by its deadline, and not given up when its caller goes. */
export type AskEntities<Want extends EntityWant> = (
  wants: readonly Want[],
  options: { isBehind: boolean },
) => Promise<readonly EntityAnswered[]>

export const ABSENT: EntityRead = { kind: 'absent', isStale: false }

export function readOf(answer: EntityAnswered): EntityRead {
  if (answer.kind === 'found') {
    const { id, version, values } = answer
    return { kind: 'found', id, version, values, isStale: false }
  }
  return answer.kind === 'absent' ? ABSENT : answer
}
