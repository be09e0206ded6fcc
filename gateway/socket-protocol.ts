import type { IncomingHttpHeaders } from 'node:http'
import { GraphQLError, type ExecutionArgs, type FormattedExecutionResult } from 'graphql'
import { makeServer, type Context, type Server } from 'graphql-ws'
import type { Authenticate, Credentials } from '../core/access/authenticate.ts'
import type { Principal } from '../core/access/principal.ts'
import { credentialsOf } from '../platform/credentials.ts'
import type { Log } from '../platform/log.ts'
import { createRequestIds } from '../platform/request-ids.ts'
import type { Gateway, GatewayRequest } from './create-gateway.ts'
import { createErrorMask } from './mask-errors.ts'
import { isSameOrigin } from './same-origin.ts'

export interface SocketProtocolOptions {
  gateway: Gateway
  authenticate: Authenticate
  log: Log
  initTimeoutMs: number
  maxOperationsPerSocket: number
}

/** What belongs to one socket. */
export interface SocketState {
  /** Of the request that became the socket. */
  headers: IncomingHttpHeaders
  /** Aborted when the socket closes. */
  signal: AbortSignal
  /** Known once the socket is acknowledged. */
  principal?: Principal
}

type SocketContext = Context<Record<string, unknown> | undefined, SocketState>

/**
 * The protocol graphql-transport-ws with the gateway behind it. Who calls is told by `connection_init`'s payload
 * (`{ "authorization": "Bearer …" }`), else by the headers of the socket's request, a cookie among them only from a
 * page of this server. Nobody, or nobody with the scope `read`, is closed with 4403.
 */
export function createSocketProtocol({
  gateway,
  authenticate,
  log,
  initTimeoutMs,
  maxOperationsPerSocket,
}: SocketProtocolOptions): Server<SocketState> {
  const mask = createErrorMask(log)
  const nextRequestId = createRequestIds()

  return makeServer<Record<string, unknown> | undefined, SocketState>({
    connectionInitWaitTimeout: initTimeoutMs,

    async onConnect(context) {
      const principal = await authenticate(credentialsFor(context))
      if (!principal?.scopes.some((scope) => scope === 'read' || scope === 'admin')) return false
      context.extra.principal = principal
      return true
    },

    async onSubscribe({ subscriptions, extra }, _id, { query, operationName, variables }) {
      if (Object.keys(subscriptions).length > maxOperationsPerSocket) {
        return [tooManyOperations(maxOperationsPerSocket)]
      }
      const { principal, signal } = extra
      if (!principal) throw new Error('an operation came before its socket was acknowledged')
      const planned = await gateway.plan(query, operationName ?? undefined)
      if (planned.kind === 'refused') return planned.errors
      const request: GatewayRequest = {
        document: query,
        ...(operationName ? { operationName } : {}),
        variables: variables ?? {},
        context: { requestId: nextRequestId(), principal, signal },
      }
      return {
        schema: gateway.schema,
        document: planned.document,
        operationName: operationName ?? null,
        contextValue: request,
      }
    },

    execute: (args) => gateway.execute(requestOf(args)),
    subscribe: (args) => gateway.subscribe(requestOf(args)),

    onNext(_context, _id, _payload, args, result) {
      if (!result.errors) return undefined
      return {
        ...result,
        errors: visible(result.errors, requestOf(args).context.requestId),
      } as FormattedExecutionResult
    },
    onError: (_context, _id, _payload, errors) => visible(errors, nextRequestId()),
  })

  function visible(errors: readonly GraphQLError[], requestId: string) {
    return mask.toFormatted(errors, requestId)
  }
}

function credentialsFor({ connectionParams, extra }: SocketContext): Credentials {
  const authorization = connectionParams?.['authorization']
  if (typeof authorization === 'string') return { authorization }
  const { cookie, ...keys } = credentialsOf(extra.headers)
  return cookie !== undefined && isSameOrigin(extra.headers) ? { ...keys, cookie } : keys
}

function requestOf(args: ExecutionArgs): GatewayRequest {
  return args.contextValue as GatewayRequest
}

function tooManyOperations(max: number): GraphQLError {
  return new GraphQLError(`this socket has ${max} operations already, which is all that one may have`, {
    extensions: { code: 'OVERLOADED' },
  })
}
