import type { ExecutionResult, GraphQLError } from 'graphql'
import { isDataObject, type DataObject } from './data.ts'
import { FieldFailure, failureOf } from './field-failure.ts'

/** An error with its path below the object that it is placed in. */
export interface PlacedError {
  error: GraphQLError
  path: readonly (string | number)[] | undefined
}

/**
 * Puts each error of an answer into its data, in the place of the null that it explains. Returns the errors that
 * have no such place. The data is changed: it must be the caller's own.
 */
export function placeErrors(data: DataObject, errors: readonly PlacedError[]): GraphQLError[] {
  return errors.flatMap(({ error, path }) => (path && place(data, error, path) ? [] : [error]))
}

/** The failure of an answer that does not hold what was asked for. */
export function wholeFailure(result: ExecutionResult): FieldFailure {
  const error = result.errors?.[0]
  if (error) return failureOf(error, error.path ?? [])
  return new FieldFailure('a subgraph gave neither data nor an error', {
    cause: undefined,
    code: 'SUBGRAPH_FAILED',
    reason: 'error',
  })
}

function place(data: DataObject, error: GraphQLError, path: readonly (string | number)[]): boolean {
  let holder: DataObject | unknown[] = data
  for (const [index, step] of path.entries()) {
    // Own members only: a path is text from outside and must not lead to a prototype.
    if (!Object.hasOwn(holder, step)) return false
    const value: unknown = Reflect.get(holder, step)
    if (value === null || value === undefined) {
      Reflect.set(holder, step, failureOf(error, path.slice(index + 1)))
      return true
    }
    if (value instanceof FieldFailure) return true
    if (!isDataObject(value) && !Array.isArray(value)) return false
    holder = value
  }
  return false
}
