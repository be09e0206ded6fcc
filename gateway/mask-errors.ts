import { GraphQLError } from 'graphql'
import { ERRORS, type ErrorCode } from '../core/errors.ts'
import type { Log } from '../platform/log.ts'

export interface MaskOptions {
  log: Log
  requestId: string
}

/**
 * Errors as clients may see them; called once, where a result leaves. An error with a code of the catalogue keeps its
 * message and loses all else but code, path and locations. Anything else is a bug: it becomes INTERNAL with the request
 * id, and is logged under that id with its cause, once however many fields it took.
 */
export function maskErrors(errors: readonly GraphQLError[], { log, requestId }: MaskOptions): GraphQLError[] {
  const logged = new Set<unknown>()
  return errors.map((error) => {
    const code = codeOf(error)
    const cause = causeOf(error)
    if (code === 'INTERNAL') {
      if (isNew(cause, logged)) log.error({ err: cause, requestId, path: error.path }, 'a field failed')
      const message = `something went wrong on our side; the log has it under the request id ${requestId}`
      return visible(error, message, { code, requestId })
    }
    if (code === 'SUBGRAPH_FAILED' && isNew(cause, logged)) {
      log.warn({ err: cause, requestId, path: error.path }, 'a subgraph did not give what it should')
    }
    return visible(error, error.message, { code })
  })
}

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code)
}

function codeOf(error: GraphQLError): ErrorCode {
  const code = error.extensions['code']
  return isErrorCode(code) ? code : 'INTERNAL'
}

/** What was thrown at the bottom. GraphQL errors wrap it once for each layer that they came through. */
function causeOf(error: GraphQLError): unknown {
  let cause: unknown = error
  for (let depth = 0; depth < 10 && cause instanceof Error; depth++) {
    const next: unknown = (cause as { originalError?: unknown }).originalError ?? cause.cause
    if (next === undefined) break
    cause = next
  }
  return cause
}

function isNew(cause: unknown, logged: Set<unknown>): boolean {
  if (logged.has(cause)) return false
  logged.add(cause)
  return true
}

function visible(error: GraphQLError, message: string, extensions: Record<string, unknown>): GraphQLError {
  return new GraphQLError(message, {
    nodes: error.nodes ?? null,
    source: error.source ?? null,
    positions: error.positions ?? null,
    path: error.path ?? null,
    extensions,
  })
}
