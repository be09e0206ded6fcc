import { GraphQLError } from 'graphql'
import type {
  EntityAnswer,
  EntityCall,
  EntityError,
  EntityPartAnswer,
} from '../../batching/fetch-entities.ts'
import type { RootAnswer } from '../../batching/join-root.ts'
import type { EntityRead } from '../entity-read.ts'
import type { CachedFetch } from './cached-fetch.ts'
import type { FetchWant, PartWant, RootWant } from './fetch-wants.ts'
import { NO_ERRORS, type Failure } from './subgraph-answers.ts'

/** What an entity fetch gives of what was read. */
export function entityAnswer(
  call: EntityCall,
  wants: readonly PartWant[],
  reads: readonly EntityRead[],
): EntityAnswer {
  const parts = call.parts.map(() => ({
    entities: [] as Failure['entity'][],
    errors: new Map<number, readonly EntityError[]>(),
    isStale: false,
  }))
  for (const [index, want] of wants.entries()) {
    const part = parts[want.part]
    const read = reads[index]
    if (!part || !read) continue
    part.entities[want.at] = entityOf(want, read)
    const errors = errorsOf(read)
    if (errors.length > 0) part.errors.set(want.at, errors)
    if (read.kind !== 'failed' && read.isStale) part.isStale = true
  }
  return { parts: parts satisfies EntityPartAnswer[] }
}

/** What a root fetch gives of what was read. */
export function rootAnswer(
  { selections }: CachedFetch,
  wants: readonly RootWant[],
  reads: readonly EntityRead[],
): RootAnswer {
  const data: Record<string, unknown> = {}
  const errors: GraphQLError[] = []
  const stale: string[] = []
  for (const selection of selections) {
    const { responseName, lookup } = selection
    const isList = lookup?.rule.isList === true
    const items: Failure['entity'][] = []
    for (const [index, want] of wants.entries()) {
      const read = reads[index]
      if (want.selection !== selection || !read) continue
      const place = isList ? [responseName, items.length] : [responseName]
      items.push(entityOf(want, read))
      for (const { error, path } of errorsOf(read)) errors.push(errorAt(error, [...place, ...path]))
      if (read.kind !== 'failed' && read.isStale) stale.push(responseName)
    }
    data[responseName] = isList ? items : (items[0] ?? null)
  }
  return {
    data,
    ...(errors.length > 0 ? { errors } : {}),
    ...(stale.length > 0 ? { staleFields: stale } : {}),
  }
}

function errorAt(error: GraphQLError, path: readonly (string | number)[]): GraphQLError {
  return new GraphQLError(error.message, {
    path,
    originalError: error.originalError ?? null,
    extensions: error.extensions,
  })
}

/** The entity as its subgraph would give it to this fetch. */
function entityOf({ selection, selected }: FetchWant, read: EntityRead): Failure['entity'] {
  if (read.kind === 'absent') return null
  if (read.kind === 'failed') return (read.failure as Failure).entity
  const entity: Record<string, unknown> = {}
  let next = 0
  for (const { responseName, source } of selected) {
    if (source === 'typename') entity[responseName] = selection.typeName
    else if (source === 'key') entity[responseName] = read.id
    else entity[responseName] = read.values[next++]
  }
  return entity
}

function errorsOf(read: EntityRead): readonly EntityError[] {
  return read.kind === 'failed' ? (read.failure as Failure).errors : NO_ERRORS
}
