import type { GraphQLError } from 'graphql'
import { MonogramError } from '../../core/errors.ts'

/** From a place in merged data down to a field below it, by response names as they stand in plans. */
export type PathBelow = readonly (string | number)[]

/** Why a field could not be had: its subgraph was late, is not being asked for now, or gave something else than a value. */
export type FailureReason = 'timeout' | 'error' | 'open-circuit'

/**
 * Stands in merged data where a value would be if its subgraph had given it. Shaping meets it exactly where a client
 * asked for the field, and only then. A later fetch that needs the value fails alike.
 */
export class FieldFailure {
  readonly message: string
  readonly cause: unknown
  readonly code: string | undefined
  readonly reason: FailureReason
  /** To the field that failed, when a null has come up from there. */
  readonly below: PathBelow

  constructor(
    message: string,
    options: { cause: unknown; code: string | undefined; reason: FailureReason; below?: PathBelow },
  ) {
    this.message = message
    this.cause = options.cause
    this.code = options.code
    this.reason = options.reason
    this.below = options.below ?? []
  }

  /** The same failure as seen one step further down. */
  under(responseName: string): FieldFailure {
    if (this.below.length === 0) return this
    return this.at(this.below[0] === responseName ? this.below.slice(1) : [])
  }

  /** The same failure as the reason of another one, somewhere else. */
  elsewhere(): FieldFailure {
    return this.below.length === 0 ? this : this.at([])
  }

  private at(below: PathBelow): FieldFailure {
    return new FieldFailure(this.message, {
      cause: this.cause,
      code: this.code,
      reason: this.reason,
      below,
    })
  }
}

/** What a subgraph says of one of its fields. */
export function failureOf(error: GraphQLError, below: PathBelow): FieldFailure {
  const { originalError } = error
  const code = originalError instanceof MonogramError ? originalError.code : error.extensions?.['code']
  return new FieldFailure(error.message, {
    cause: originalError ?? error,
    code: typeof code === 'string' ? code : undefined,
    reason: 'error',
    below,
  })
}

/** A subgraph could not be asked, or did not answer. The cause may say why, by a `reason` of its own. */
export function unavailable(subgraphName: string, cause: unknown): FieldFailure {
  return new FieldFailure(`the subgraph "${subgraphName}" did not answer`, {
    cause,
    code: 'SUBGRAPH_FAILED',
    reason: reasonOf(cause),
  })
}

function reasonOf(cause: unknown): FailureReason {
  const reason: unknown =
    typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'reason') : undefined
  return reason === 'timeout' || reason === 'open-circuit' ? reason : 'error'
}
