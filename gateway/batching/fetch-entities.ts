import type { GraphQLError } from 'graphql'
import type { RequestContext } from '../../core/access/request-context.ts'
import type { CachedFetch } from '../cache/fetches/cached-fetch.ts'
import type { ReadText, SubgraphClient } from '../subgraph-client.ts'

/**
 * Asks one subgraph for entities, on behalf of one request. The same document object from the same plan step makes
 * calls that may be joined: across requests with the same authorization class, when the other variables are the same.
 */
export type FetchEntities = (call: EntityCall) => Promise<EntityAnswer>

export interface EntityCall {
  subgraph: SubgraphClient
  subgraphName: string
  document: string
  operationName: string | undefined
  parts: readonly EntityCallPart[]
  /** What the document uses besides the representations. */
  variables: Readonly<Record<string, unknown>>
  context: RequestContext
  /** On the clock of performance.now(): by then the call answers or fails. */
  deadlineAt: number
  /** Selects what depends on who asks, beyond his scopes: never joined with a call of another principal. */
  isPrivate?: boolean
  /** How its answers are kept; not at all when absent or null. */
  cached?: CachedFetch | null
  /** How the answer may be read; without it, entities have all their fields. */
  readText?: ReadText | undefined
}

/** One `_entities` field of the document. */
export interface EntityCallPart {
  /** The name under which the answer has the entities. */
  responseName: string
  variable: string
  /** In the order in which the answer is wanted; a caller leaves out what it asks twice, a batch what two callers ask. */
  representations: readonly Representation[]
}

export interface Representation {
  /** Its JSON text: what is sent, and what makes two of them the same. */
  readonly json: string
  readonly value: Readonly<Record<string, unknown>>
  /** Where `json` is nothing but `opening`, `key` and `"}`: those with the same opening are sooner put together so. */
  readonly opening?: string
  readonly key?: string
}

/** For each part, in order. Rejects only when nothing came back (late, refused, unreachable, an open circuit): SubgraphUnavailable. */
export interface EntityAnswer {
  parts: readonly EntityPartAnswer[]
  /** What the subgraph said beside them: only to a call that is not shared. */
  extensions?: Readonly<Record<string, unknown>>
}

export interface EntityPartAnswer {
  /** As many as representations; null where the subgraph has none. Shared between callers of a batch: read only. */
  entities: readonly (Readonly<Record<string, unknown>> | null)[]
  /** Of each representation by its index, with paths below the entity (without `_entities` and the index). */
  errors: ReadonlyMap<number, readonly EntityError[]>
  /** Whether no other caller has any of these entities. */
  isOwn?: boolean
  /** Whether some of it is older than it should be, since it could not be read or is being read anew. */
  isStale?: boolean
}

/** One for all, as nearly no answer has any. */
export const NO_ENTITY_ERRORS: EntityPartAnswer['errors'] = new Map()

export interface EntityError {
  error: GraphQLError
  path: readonly (string | number)[]
}
