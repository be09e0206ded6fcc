import { GraphQLError, type ExecutionResult } from 'graphql'
import { MonogramError, type ErrorCode } from '../core/errors.ts'
import { StorageError } from '../storage/ports.ts'

/**
 * The result with a code of the catalogue on each error that has one. Errors without are bugs: they keep their cause,
 * and whoever faces the client logs and masks them.
 */
export function withCodes(result: ExecutionResult): ExecutionResult {
  if (!result.errors) return result
  // Without data nothing was executed: graphql-js did not accept the variables.
  const unexecuted: ErrorCode | null = 'data' in result ? null : 'BAD_USER_INPUT'
  return { ...result, errors: result.errors.map((error) => coded(error, unexecuted)) }
}

/** What was thrown outside of any field. */
export function failedResult(error: unknown): ExecutionResult {
  const cause = error instanceof Error ? error : new Error(String(error))
  return { errors: [coded(new GraphQLError(cause.message, { originalError: cause }), null)] }
}

function coded(error: GraphQLError, fallback: ErrorCode | null): GraphQLError {
  const code = codeOf(error.originalError) ?? (error.originalError ? null : fallback)
  if (code === null) return error
  return new GraphQLError(error.message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    path: error.path ?? null,
    originalError: error.originalError ?? null,
    extensions: { ...error.extensions, code },
  })
}

function codeOf(cause: unknown): ErrorCode | null {
  if (cause instanceof MonogramError) return cause.code
  if (cause instanceof StorageError) return 'STORAGE_UNAVAILABLE'
  return null
}
