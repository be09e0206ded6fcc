import { GraphQLError, type ExecutionResult } from 'graphql'
import type { EntityAnswer, EntityCallPart, EntityError, EntityPartAnswer } from './fetch-entities.ts'

type Entity = Readonly<Record<string, unknown>>

/**
 * The answer to one caller's parts. Errors that name no entity belong to each one that is missing, or to the first when
 * none is: they must not be lost.
 */
export function readEntities(result: ExecutionResult, parts: readonly EntityCallPart[]): EntityAnswer {
  const read = parts.map((part) => readPart(result, part))
  const general = placeErrors(result, read, parts)
  if (general.length === 0 && parts.every((part) => isWhole(result, part))) return answerOf(result, read)
  let isTold = false
  for (const [index, part] of parts.entries()) {
    const reasons = general.length === 0 && !isWhole(result, part) ? [NOTHING] : general
    for (const at of missingOf(read[index])) {
      for (const error of reasons) add(read[index]?.errors, at, { error, path: [] })
      isTold = true
    }
  }
  if (!isTold) for (const error of general) add(read[0]?.errors, 0, { error, path: [] })
  return answerOf(result, read)
}

function answerOf({ extensions }: ExecutionResult, parts: readonly EntityPartAnswer[]): EntityAnswer {
  return extensions ? { parts, extensions } : { parts }
}

/**
 * The answer to the parts of several callers, or null when something went wrong of which it cannot be told whose it is:
 * an error that names no entity, or a list that is not there.
 */
export function readSharedEntities(
  result: ExecutionResult,
  parts: readonly EntityCallPart[],
): EntityAnswer | null {
  if (!parts.every((part) => isWhole(result, part))) return null
  const read = parts.map((part) => readPart(result, part))
  return placeErrors(result, read, parts).length === 0 ? { parts: read } : null
}

interface PartBeingRead extends EntityPartAnswer {
  errors: Map<number, EntityError[]>
}

const NOTHING = new GraphQLError('a subgraph gave neither its entities nor an error', {
  extensions: { code: 'SUBGRAPH_FAILED' },
})

/** Whether there is an item for each representation. */
function isWhole({ data }: ExecutionResult, { responseName, representations }: EntityCallPart): boolean {
  const list = data?.[responseName]
  return Array.isArray(list) && list.length === representations.length
}

function readPart(result: ExecutionResult, part: EntityCallPart): PartBeingRead {
  const list: unknown = isWhole(result, part) ? result.data?.[part.responseName] : null
  const entities = Array.isArray(list) ? list.map(entityOf) : part.representations.map(() => null)
  return { entities, errors: new Map() }
}

/** The indices of entities that are null and have no error of their own. */
function missingOf(part: PartBeingRead | undefined): number[] {
  if (!part) return []
  return part.entities.flatMap((entity, at) => (entity === null && !part.errors.has(at) ? [at] : []))
}

function entityOf(value: unknown): Entity | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Entity) : null
}

/** Returns the errors that name none of the entities. */
function placeErrors(
  { errors = [] }: ExecutionResult,
  read: readonly PartBeingRead[],
  parts: readonly EntityCallPart[],
): readonly GraphQLError[] {
  return errors.filter((error) => {
    const [responseName, at, ...path] = error.path ?? []
    const index = parts.findIndex((part) => part.responseName === responseName)
    const part = read[index]
    if (!part || typeof at !== 'number' || at < 0 || at >= part.entities.length) return true
    add(part.errors, at, { error, path })
    return false
  })
}

function add(errors: Map<number, EntityError[]> | undefined, at: number, error: EntityError): void {
  const present = errors?.get(at)
  if (present) present.push(error)
  else errors?.set(at, [error])
}
