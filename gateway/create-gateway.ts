import {
  GraphQLError,
  isInterfaceType,
  isObjectType,
  OperationTypeNode,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql'
import type { RequestContext } from '../core/access/request-context.ts'
import { MonogramError } from '../core/errors.ts'
import { authorizeOperation } from './authorize-operation.ts'
import { coerceVariables } from './coerce-variables.ts'
import { createExecutor } from './execution/create-executor.ts'
import { typeConditionsOf } from './execution/type-conditions.ts'
import type { ExecutableOperation } from './executor.ts'
import { createFindSubgraph } from './find-subgraph.ts'
import { createPlanner, type PlannedOperation } from './planner.ts'
import { DEFAULT_QUERY_LIMITS, type QueryLimits } from './query-limits.ts'
import { isReservedFieldName } from './safe-aliases.ts'
import type { SubgraphClient } from './subgraph-client.ts'

export interface GatewayOptions {
  supergraphSdl: string
  /** One for each subgraph of the supergraph, under its name there (`profiles`) or that of its enum value (`PROFILES`). */
  subgraphs: Readonly<Record<string, SubgraphClient>>
  limits?: Partial<QueryLimits>
  /** How long one call of a subgraph may take before its fields are given up. */
  subgraphTimeoutMs?: number
}

/** What a client asks. */
export interface GatewayRequest {
  document: string
  operationName?: string
  variables?: Readonly<Record<string, unknown>>
  context: RequestContext
}

/**
 * The graph as one, in front of its subgraphs. What is wrong with a request, or goes wrong in a subgraph, is in
 * `errors` of the result with a code of the catalogue; errors are not masked yet (mask-errors.ts does it at the edge).
 */
export interface Gateway {
  /** What clients see. */
  readonly schema: GraphQLSchema
  readonly limits: QueryLimits
  /** Parses, validates and plans, or says why not; costs next to nothing the second time. */
  plan(document: string, operationName?: string): Promise<PlannedOperation>
  /** Queries and mutations. */
  execute(request: GatewayRequest): Promise<ExecutionResult>
  subscribe(request: GatewayRequest): Promise<AsyncIterable<ExecutionResult> | ExecutionResult>
}

/** Throws CONFIG_INVALID when the supergraph has a subgraph that nothing serves, or a name that is kept for the gateway. */
export function createGateway({
  supergraphSdl,
  subgraphs,
  limits: givenLimits,
  subgraphTimeoutMs = 10_000,
}: GatewayOptions): Gateway {
  const limits = { ...DEFAULT_QUERY_LIMITS, ...givenLimits }
  const findSubgraph = createFindSubgraph(supergraphSdl, subgraphs)
  const planner = createPlanner({ supergraphSdl, limits })
  const { schema } = planner
  refuseReservedNames(schema)
  const satisfies = typeConditionsOf(supergraphSdl)
  const executor = createExecutor({ schema, satisfies, findSubgraph, subgraphTimeoutMs })

  return {
    schema,
    limits,
    plan: (document, operationName) => planner.plan(document, operationName),

    async execute(request) {
      const prepared = await prepare(request)
      if (prepared.kind === 'refused') return { errors: prepared.errors }
      if (prepared.operation.operation === OperationTypeNode.SUBSCRIPTION) return { errors: [NOT_HERE] }
      return executor.execute(prepared)
    },

    async subscribe(request) {
      const prepared = await prepare(request)
      if (prepared.kind === 'refused') return { errors: prepared.errors }
      if (prepared.operation.operation !== OperationTypeNode.SUBSCRIPTION) return executor.execute(prepared)
      return executor.subscribe(prepared)
    },
  }

  async function prepare(
    request: GatewayRequest,
  ): Promise<
    ({ kind: 'ready' } & ExecutableOperation) | { kind: 'refused'; errors: readonly GraphQLError[] }
  > {
    const { document, operationName, variables = {}, context } = request
    const planned = await planner.plan(document, operationName)
    if (planned.kind === 'refused') return planned
    const forbidden = authorizeOperation(context.principal, planned.operation.operation)
    if (forbidden) return { kind: 'refused', errors: [forbidden] }
    const coerced = coerceVariables(schema, planned, variables, limits)
    if (coerced.kind === 'refused') return coerced
    return { ...planned, kind: 'ready', variables: coerced.variables, context }
  }
}

const NOT_HERE = new GraphQLError(
  'a subscription needs a WebSocket (subprotocol graphql-transport-ws) at this same address',
  { extensions: { code: 'BAD_USER_INPUT' } },
)

function refuseReservedNames(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    const reserved = Object.keys(type.getFields()).find(isReservedFieldName)
    if (reserved === undefined) continue
    throw new MonogramError(
      'CONFIG_INVALID',
      `${type.name}.${reserved}: names of fields with this beginning are kept for the gateway; rename it in its subgraph`,
    )
  }
}
