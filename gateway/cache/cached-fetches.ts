import { GraphQLError, type ExecutionResult } from 'graphql'
import type { RequestContext } from '../../core/access/request-context.ts'
import type {
  EntityAnswer,
  EntityCall,
  EntityError,
  EntityPartAnswer,
  FetchEntities,
} from '../batching/fetch-entities.ts'
import type { RootAnswer, RootCall, RootFetches } from '../batching/join-root.ts'
import { waitFor } from '../batching/waiting-caller.ts'
import type { DeadlineTimers } from '../transports/deadline-timers.ts'
import type { CacheClasses } from './cache-classes.ts'
import {
  EXPIRES_AT,
  KEY,
  KEYS,
  VERSION,
  type CachedFetch,
  type CachedField,
  type CachedSelection,
} from './compile-cached-fetch.ts'
import type { EntityAnswered, EntityCache, EntityRead, EntityWant } from './entity-cache.ts'
import { aliasOf, lookupKeys, type LookupKey } from './lookup-key.ts'

export interface CachedFetchesOptions {
  cache: EntityCache
  classes: CacheClasses
  fetchEntities: FetchEntities
  fetchRoot: RootFetches['fetchRoot']
  timers: DeadlineTimers
}

/** Entity and root fetches that go through the cache where their plan says that they may. */
export interface CachedFetches {
  fetchEntities: FetchEntities
  fetchRoot: RootFetches['fetchRoot']
}

/**
 * A request that must show a write (`after`) goes by the cache: its subgraph waits for the write, and says what it does
 * not show.
 */
export function createCachedFetches(options: CachedFetchesOptions): CachedFetches {
  const { cache, classes, timers } = options

  return {
    fetchEntities(call) {
      const { cached } = call
      const wants = cached && !call.context.after ? entityWants(call, cached) : null
      if (!wants) return options.fetchEntities(call)
      const ask = (missing: readonly PartWant[], { isBehind }: { isBehind: boolean }) =>
        askEntities(call, missing, isBehind)
      return inTime(cache.read(wants, ask, call.deadlineAt), call, (reads) =>
        entityAnswer(call, wants, reads),
      )
    },
    fetchRoot(call) {
      const { cached } = call
      const wants = cached && !call.context.after ? rootWants(call, cached) : null
      if (!cached || !wants) return options.fetchRoot(call)
      const ask = (missing: readonly RootWant[], { isBehind }: { isBehind: boolean }) =>
        askRoot(call, cached, wants, missing, isBehind)
      return inTime(cache.read(wants, ask, call.deadlineAt), call, (reads) =>
        rootAnswer(cached, wants, reads),
      )
    },
  }

  /** What is at hand is given at once; all else by the caller's deadline. */
  async function inTime<T>(
    reading: Promise<EntityRead[]> | EntityRead[],
    { subgraphName, deadlineAt, context }: EntityCall | RootCall,
    answer: (reads: readonly EntityRead[]) => T,
  ): Promise<T> {
    if (Array.isArray(reading)) return answer(reading)
    const { signal } = context
    return answer(await waitFor(reading, { subgraphName, deadlineAt, signal, timers, onLeave: nothing }))
  }

  function classOf({ context, isPrivate = false }: EntityCall | RootCall): string {
    const { shared, private: own } = classes.of(context.principal)
    return isPrivate ? own : shared
  }

  function entityWants(call: EntityCall, { selections }: CachedFetch): PartWant[] | null {
    const of = classOf(call)
    const wants: PartWant[] = []
    for (const [part, { representations }] of call.parts.entries()) {
      const selection = selections[part]
      if (!selection) return null
      const wanted = wantedFields(selection, call.variables)
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

  function rootWants(call: RootCall, { selections }: CachedFetch): RootWant[] | null {
    const of = classOf(call)
    const wants: RootWant[] = []
    for (const selection of selections) {
      const keys = lookupKeys(selection, call.variables)
      if (!keys) return null
      const wanted = wantedFields(selection, call.variables)
      const space = cache.space(selection.subgraph, selection.typeName, selection.type.fence !== null)
      for (const key of keys) {
        const alias = aliasOf(space, of, key.text)
        wants.push({ space, id: key.id, alias, class: of, ...wanted, selection, key })
      }
    }
    return wants
  }

  async function askEntities(
    call: EntityCall,
    missing: readonly PartWant[],
    isBehind: boolean,
  ): Promise<EntityAnswered[]> {
    const places = call.parts.map((): PartWant[] => [])
    for (const want of missing) places[want.part]?.push(want)
    const parts = call.parts.map((part, index) => ({
      ...part,
      representations: (places[index] ?? []).flatMap(({ at }) => part.representations[at] ?? []),
    }))
    const answer = await options.fetchEntities({ ...(isBehind ? behind(call) : call), parts })
    const answered = new Map<PartWant, EntityAnswered>()
    for (const [index, wants] of places.entries()) {
      const part = answer.parts[index]
      for (const [at, want] of wants.entries()) {
        const failure = { entity: part?.entities[at] ?? null, errors: part?.errors.get(at) ?? NO_ERRORS }
        answered.set(want, answeredOf(want, failure))
      }
    }
    return missing.map((want) => answered.get(want) ?? { kind: 'failed', failure: NOTHING })
  }

  async function askRoot(
    call: RootCall,
    cached: CachedFetch,
    wants: readonly RootWant[],
    missing: readonly RootWant[],
    isBehind: boolean,
  ): Promise<EntityAnswered[]> {
    const part = missing.length < wants.length ? cached.missing : null
    const asked = part
      ? {
          ...call,
          document: part.document,
          operationName: undefined,
          variables: {
            ...Object.fromEntries(part.variableNames.map((name) => [name, call.variables[name]])),
            [KEYS]: missing.map(({ key }) => key.value),
          },
        }
      : call
    const result = await options.fetchRoot(isBehind ? behind(asked) : asked)
    return readRoots(result, part ? missing : wants, missing)
  }
}

interface FetchWant extends EntityWant {
  selection: CachedSelection
  /** With the entity's own, which are not read. */
  selected: readonly CachedField[]
  fields: readonly { key: string; policy: CachedField['policy']; responseName: string }[]
}

interface PartWant extends FetchWant {
  part: number
  at: number
}

interface RootWant extends FetchWant {
  key: LookupKey
}

/** An entity with what was wrong about it, as its subgraph gave it. */
interface Failure {
  entity: Readonly<Record<string, unknown>> | null
  errors: readonly EntityError[]
}

const NO_ERRORS: readonly EntityError[] = []
const NOTHING: Failure = { entity: null, errors: NO_ERRORS }

function nothing(): void {}

/** Not bounded by its caller, who has been answered. */
function behind<Call extends EntityCall | RootCall>(call: Call): Call {
  const { requestId, principal, trace } = call.context
  const context: RequestContext = { requestId, principal, ...(trace ? { trace } : {}) }
  return { ...call, context, deadlineAt: performance.now() + BEHIND_MS }
}

const BEHIND_MS = 10_000

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

function answeredOf({ selection, fields }: FetchWant, failure: Failure): EntityAnswered {
  const { entity, errors } = failure
  if (errors.length > 0) return { kind: 'failed', failure }
  if (entity === null) return { kind: 'absent' }
  const id = entity[KEY]
  const version = selection.type.fence ? entity[VERSION] : 0
  const values = fields.map(({ responseName }) => entity[responseName])
  if (typeof id !== 'string' || typeof version !== 'number' || values.includes(undefined)) {
    return { kind: 'failed', failure }
  }
  return { kind: 'found', id, version, expiresAt: instantOf(entity[EXPIRES_AT]), values }
}

function instantOf(value: unknown): number | null {
  if (typeof value === 'number') return value
  return typeof value === 'string' ? Date.parse(value) : null
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

function entityAnswer(
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

/** What a root fetch says of those that are missing. `asked`: all that it was for, in its order. */
function readRoots(
  result: ExecutionResult,
  asked: readonly RootWant[],
  missing: readonly RootWant[],
): EntityAnswered[] {
  const indices = new Map<CachedSelection, number>()
  const failures = new Map<RootWant, Failure>()
  for (const want of asked) {
    const at = indices.get(want.selection) ?? 0
    indices.set(want.selection, at + 1)
    failures.set(want, rootFailure(result, want, at))
  }
  return missing.map((want) => answeredOf(want, failures.get(want) ?? NOTHING))
}

function rootFailure({ data, errors = [] }: ExecutionResult, want: RootWant, at: number): Failure {
  const { responseName, lookup } = want.selection
  const isList = lookup?.rule.isList === true
  const held: unknown = data?.[responseName]
  const value: unknown = isList && Array.isArray(held) ? held[at] : isList ? null : held
  const below = isList ? 2 : 1
  const own = errors.filter(({ path }) => {
    if (!path || path[0] !== responseName) return !path
    return !isList || path.length < 2 || path[1] === at
  })
  const entity = typeof value === 'object' && value !== null ? (value as Failure['entity']) : null
  return { entity, errors: own.map((error) => ({ error, path: error.path?.slice(below) ?? [] })) }
}

function rootAnswer(
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
