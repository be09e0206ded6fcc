import type { GraphQLError } from 'graphql'
import { MonogramError } from '../../core/errors.ts'

/** From a place in merged data down to a field below it, by response names as they stand in plans. */
export type PathBelow = readonly (string | number)[]

/**
 * Stands in merged data where a value would be if its subgraph had given it. Shaping meets it exactly where a client
 * asked for the field, and only then: graphql-js takes an `Error` in the place of a value as that field's failure, so
 * the null, its propagation and the client's path follow by themselves. A later fetch that needs the value fails alike.
 */
export class FieldFailure extends Error {
  override readonly name = 'FieldFailure'
  readonly extensions: { code?: string }
  /** To the field that failed, when a null has come up from there. */
  readonly below: PathBelow

  constructor(message: string, cause: unknown, code: string | undefined, below: PathBelow) {
    super(message, { cause })
    this.extensions = code === undefined ? {} : { code }
    this.below = below
  }

  /** The same failure as seen one step further down. */
  under(responseName: string): FieldFailure {
    if (this.below.length === 0) return this
    const below = this.below[0] === responseName ? this.below.slice(1) : []
    return new FieldFailure(this.message, this.cause, this.extensions.code, below)
  }

  /** The same failure as the reason of another one, somewhere else. */
  elsewhere(): FieldFailure {
    if (this.below.length === 0) return this
    return new FieldFailure(this.message, this.cause, this.extensions.code, [])
  }
}

export function failureOf(error: GraphQLError, below: PathBelow): FieldFailure {
  const { originalError } = error
  const code = originalError instanceof MonogramError ? originalError.code : error.extensions?.['code']
  return new FieldFailure(
    error.message,
    originalError ?? error,
    typeof code === 'string' ? code : undefined,
    below,
  )
}
