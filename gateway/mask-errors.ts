import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { ERRORS, type ErrorCode } from '../core/errors.ts'
import type { Log } from '../platform/log.ts'
import { createSaidRarely } from '../platform/said-rarely.ts'
import { withoutStacks } from '../platform/without-stacks.ts'
import { SubgraphUnavailable } from './transports/subgraph-unavailable.ts'

/**
 * Errors as clients may see them; called once, where a result leaves. An error with a code of the catalogue keeps its
 * message and loses all else but code, path and locations. Anything else is a bug: it becomes INTERNAL with the request
 * id, and is logged under that id with its cause, once however many fields it took. What a subgraph failed in is logged
 * once a second for each kind of failure: when one is down, every request meets it.
 */
export interface ErrorMask {
  toErrors(errors: readonly GraphQLError[], requestId: string): GraphQLError[]
  /** The same as they are sent, at half the cost. */
  toFormatted(errors: readonly GraphQLError[], requestId: string): GraphQLFormattedError[]
}

export function createErrorMask(log: Log): ErrorMask {
  const isToBeTold = createSaidRarely()

  return {
    toErrors: (errors, requestId) =>
      withoutStacks(() =>
        seen(errors, requestId).map(
          ({ error, message, extensions }) =>
            new GraphQLError(message, {
              nodes: error.nodes ?? null,
              source: error.source ?? null,
              positions: error.positions ?? null,
              path: error.path ?? null,
              extensions,
            }),
        ),
      ),
    toFormatted: (errors, requestId) =>
      seen(errors, requestId).map(({ error: { locations, path }, message, extensions }) => ({
        message,
        ...(locations ? { locations } : {}),
        ...(path ? { path } : {}),
        extensions,
      })),
  }

  function seen(errors: readonly GraphQLError[], requestId: string): SeenError[] {
    const logged = new Set<unknown>()
    return errors.map((error) => {
      const code = codeOf(error)
      const cause = causeOf(error)
      if (code === 'INTERNAL') {
        if (isNew(cause, logged)) log.error({ err: cause, requestId, path: error.path }, 'a field failed')
        const message = `something went wrong on our side; the log has it under the request id ${requestId}`
        return { error, message, extensions: { code, requestId } }
      }
      if (code === 'SUBGRAPH_FAILED' && isNew(cause, logged)) tellFailure(error, cause, requestId)
      return { error, message: error.message, extensions: { code } }
    })
  }

  function tellFailure(error: GraphQLError, cause: unknown, requestId: string): void {
    const told = isToBeTold(cause instanceof Error ? cause.message : error.message)
    if (!told) return
    const more = told.untold > 0 ? { untold: told.untold } : {}
    // Of a connection: which subgraph it was, and not all that there is in a certificate.
    const away = unavailableIn(error)
    const why = away ? { subgraph: away.subgraphName, reason: away.message } : { err: cause }
    log.warn({ ...why, requestId, path: error.path, ...more }, 'a subgraph did not give what it should')
  }
}

/** An error and what a client sees of it. */
interface SeenError {
  error: GraphQLError
  message: string
  extensions: Record<string, unknown>
}

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERRORS, code)
}

function codeOf(error: GraphQLError): ErrorCode {
  const code = error.extensions['code']
  return isErrorCode(code) ? code : 'INTERNAL'
}

/** What was thrown at the bottom. */
function causeOf(error: GraphQLError): unknown {
  return causesOf(error).at(-1)
}

function unavailableIn(error: GraphQLError): SubgraphUnavailable | undefined {
  return causesOf(error).find((cause) => cause instanceof SubgraphUnavailable)
}

/** The error and what is below it: GraphQL errors wrap it once for each layer that they came through. */
function causesOf(error: GraphQLError): unknown[] {
  const causes: unknown[] = [error]
  for (let cause: unknown = error; causes.length <= MAX_DEPTH && cause instanceof Error;) {
    cause = (cause as { originalError?: unknown }).originalError ?? cause.cause
    if (cause === undefined) break
    causes.push(cause)
  }
  return causes
}

const MAX_DEPTH = 10

function isNew(cause: unknown, logged: Set<unknown>): boolean {
  if (logged.has(cause)) return false
  logged.add(cause)
  return true
}
