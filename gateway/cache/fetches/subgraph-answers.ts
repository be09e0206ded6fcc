import type { ExecutionResult } from 'graphql'
import type { EntityAnswer, EntityError } from '../../batching/fetch-entities.ts'
import type { EntityAnswered } from '../entity-read.ts'
import { EXPIRES_AT, KEY, VERSION, type CachedSelection } from './cached-fetch.ts'
import type { FetchWant, PartWant, RootWant } from './fetch-wants.ts'

/** An entity with what was wrong about it, as its subgraph gave it. */
export interface Failure {
  entity: Readonly<Record<string, unknown>> | null
  errors: readonly EntityError[]
}

export const NO_ERRORS: readonly EntityError[] = []
const NOTHING: Failure = { entity: null, errors: NO_ERRORS }

/**
 * What an entity fetch says of those that it was for.
 *
 * @param places for each part, the wants in the order in which they were asked for
 */
export function readParts(
  answer: EntityAnswer,
  places: readonly (readonly PartWant[])[],
  missing: readonly PartWant[],
): EntityAnswered[] {
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

/** What a root fetch says of those that are missing. `asked`: all that it was for, in its order. */
export function readRoots(
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
