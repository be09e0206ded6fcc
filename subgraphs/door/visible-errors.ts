import type { ExecutionResult, FormattedExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql'
import type { Log } from '../../platform/log.ts'

type VisibleResult = { readonly [K in keyof ExecutionResult]?: ExecutionResult[K] | undefined }

/** A result as it leaves the process: an error without a code of the catalogue is a bug, logged here and masked. */
export function visibleResult(result: VisibleResult, log: Log, requestId: string): FormattedExecutionResult {
  const { data, errors, extensions } = result
  return {
    ...(data === undefined ? {} : { data }),
    ...(errors && { errors: errors.map((error) => visibleError(error, log, requestId)) }),
    ...(extensions && { extensions }),
  }
}

function visibleError(error: GraphQLError, log: Log, requestId: string): GraphQLFormattedError {
  const { code } = error.extensions
  const path = error.path ? { path: error.path } : {}
  if (typeof code === 'string') return { message: error.message, ...path, extensions: { code } }
  log.error({ err: error.originalError ?? error, requestId, path: error.path }, 'a field failed')
  return { message: 'something went wrong on our side', ...path, extensions: { code: 'INTERNAL' } }
}
