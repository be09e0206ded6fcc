import { ApolloServer, type ApolloServerOptionsWithGateway } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import { GraphQLError, type ExecutionResult, type GraphQLFormattedError } from 'graphql'
import type { RequestContext } from '../core/access/request-context.ts'
import { ERRORS, type ErrorCode } from '../core/errors.ts'
import type { Log } from '../platform/log.ts'
import type { Gateway, GatewayRequest } from './create-gateway.ts'
import { createDocumentStore } from './document-store.ts'
import { isErrorCode, createErrorMask } from './mask-errors.ts'
import { isTooManyTokens } from './query-limits.ts'
import { createStatusPlugin } from './status-plugin.ts'

/** Apollo Server copies its context for each request; the request's own object, which is its identity, lies inside. */
export interface ApolloContext {
  request: RequestContext
}

export interface ApolloServerOptions {
  gateway: Gateway
  log: Log
}

/**
 * Apollo Server in front of the gateway, for what it does between HTTP and GraphQL: reading requests, refusing those
 * that another site could have sent (CSRF), persisted queries, status codes. Validation is the gateway's, which keeps
 * its results and plans under the same text. Nothing is reported to anybody, whatever the environment says.
 */
export function createApolloServer({ gateway, log }: ApolloServerOptions): ApolloServer<ApolloContext> {
  return new ApolloServer<ApolloContext>({
    gateway: gatewayInterface(gateway, log),
    introspection: true,
    dangerouslyDisableValidation: true,
    // What it parses it asks for the operation alone; tokens and places would take three times the memory.
    parseOptions: { maxTokens: gateway.limits.maxTokens, noLocation: true },
    documentStore: createDocumentStore(),
    // x-api-key cannot be sent to another site without a preflight either.
    csrfPrevention: { requestHeaders: ['apollo-require-preflight', 'x-apollo-operation-name', 'x-api-key'] },
    formatError: (formatted, error) => withCatalogueCode(formatted, error, log),
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    nodeEnv: 'production',
    logger: log,
    plugins: [
      createStatusPlugin(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
    ],
  })
}

function gatewayInterface(
  gateway: Gateway,
  log: Log,
): ApolloServerOptionsWithGateway<ApolloContext>['gateway'] {
  const mask = createErrorMask(log)
  return {
    onSchemaLoadOrUpdate(callback) {
      callback({ apiSchema: gateway.schema, coreSupergraphSdl: '' })
      return () => undefined
    },
    load: async () => ({
      async executor({ source, request, context }) {
        const { request: own } = context as ApolloContext
        const asked: GatewayRequest = { document: source, context: own }
        if (request.operationName) asked.operationName = request.operationName
        if (request.variables) asked.variables = request.variables
        const result = await gateway.execute(asked)
        return result.errors ? withStatus(result, mask.toErrors(result.errors, own.requestId)) : result
      },
    }),
    stop: async () => undefined,
  }
}

/** A request that was not run at all has the status of its first error; one that was run has 200, whatever failed. */
function withStatus(result: ExecutionResult, errors: GraphQLError[]): ExecutionResult {
  const first = errors[0]
  if (result.data === undefined && first) {
    const { code } = first.extensions
    first.extensions['http'] = { status: isErrorCode(code) ? ERRORS[code].status : 500 }
  }
  return { ...result, errors }
}

/** What Apollo Server found wrong by itself, under a code of the catalogue. */
function withCatalogueCode(
  formatted: GraphQLFormattedError,
  error: unknown,
  log: Log,
): GraphQLFormattedError {
  const code = catalogueCode(formatted, error)
  if (formatted.extensions?.['code'] === code) return formatted
  if (code !== 'INTERNAL') return { ...formatted, extensions: { code } }
  log.error({ err: error }, 'Apollo Server failed')
  return { message: 'something went wrong on our side', extensions: { code } }
}

function catalogueCode(formatted: GraphQLFormattedError, error: unknown): ErrorCode {
  if (isTooManyTokens(formatted.message)) return 'QUERY_TOO_LARGE'
  const code = formatted.extensions?.['code']
  if (isErrorCode(code)) return code
  if (code === 'OPERATION_RESOLUTION_FAILURE') return 'GRAPHQL_VALIDATION_FAILED'
  const http = error instanceof GraphQLError ? error.extensions['http'] : undefined
  switch ((http as { status?: unknown } | undefined)?.status) {
    case 405:
      return 'METHOD_NOT_ALLOWED'
    case 415:
      return 'UNSUPPORTED_ENCODING'
    case 400:
    case 406:
      return 'BAD_USER_INPUT'
    default:
      return 'INTERNAL'
  }
}
