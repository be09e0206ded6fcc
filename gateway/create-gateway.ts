import { createHash } from 'node:crypto'
import {
  GraphQLError,
  isInterfaceType,
  isObjectType,
  OperationTypeNode,
  type ExecutionResult,
  type GraphQLSchema,
} from 'graphql'
import type { Principal } from '../core/access/principal.ts'
import type { RequestContext } from '../core/access/request-context.ts'
import { MonogramError } from '../core/errors.ts'
import { createCacheClasses } from './cache/cache-classes.ts'
import { cacheRulesOf } from './cache/fetches/cache-rules.ts'
import { createCachedFetches } from './cache/fetches/cached-fetches.ts'
import type { EntityCache } from './cache/entity-cache.ts'
import { authorizeOperation } from './authorize-operation.ts'
import { coerceVariables } from './coerce-variables.ts'
import { createDirectEntities } from './batching/fetch-alone.ts'
import type { FetchEntities } from './batching/fetch-entities.ts'
import { createRootFetches, type RootFetches } from './batching/join-root.ts'
import type { Grant } from './engine/access-rules.ts'
import { createEngine } from './engine/create-engine.ts'
import { supergraphTypesOf } from './engine/supergraph-types.ts'
import type { CacheCounts } from './engine/two-level-cache.ts'
import type { ExecutableOperation, JsonAnswer } from './executor.ts'
import { createFindSubgraph } from './find-subgraph.ts'
import { createPlanner, type Overrides, type PlannedOperation } from './planner.ts'
import { checkCost, DEFAULT_QUERY_LIMITS, type QueryLimits } from './query-limits.ts'
import { isReservedFieldName } from './safe-aliases.ts'
import type { SubgraphClient } from './subgraph-client.ts'
import { createDeadlineTimers, type DeadlineTimers } from './transports/deadline-timers.ts'

export interface GatewayOptions {
  supergraphSdl: string
  /** One for each subgraph of the supergraph, under its name there (`profiles`) or that of its enum value (`PROFILES`). */
  subgraphs: Readonly<Record<string, SubgraphClient>>
  limits?: Partial<QueryLimits>
  /** How long one call of a subgraph may take before its fields are given up. */
  subgraphTimeoutMs?: number
  /** Shared by all that waits, where given. */
  timers?: DeadlineTimers
  /** How entities are asked for: each request by itself unless `createEntityBatching` gives this. */
  fetchEntities?: FetchEntities
  /** How root fields are asked for: each request by itself unless `createRootFetches` gives this. */
  fetchRoot?: RootFetches['fetchRoot']
  /** What stands for a field that could not be had, by coordinate (`Profile.recommendations`). */
  fallbacks?: ReadonlyMap<string, unknown>
  /** Plans are made in a process of their own: for every supergraph that is not known beforehand. */
  isPlannerIsolated?: boolean
  overrides?: Overrides
  /** What answers of entities are kept in; nothing is without it. */
  cache?: EntityCache | null
}

/** What a client asks. */
export interface GatewayRequest {
  document: string
  operationName?: string
  variables?: Readonly<Record<string, unknown>>
  context: RequestContext
  /** That `variables` are as the operation declares them, within the limits, and need no look; `false` by default. */
  areVariablesCoerced?: boolean
  /** Instead of that of the gateway's limits; Infinity for a document that is trusted. */
  maxCost?: number
  /** Of this document, by response path (`profile.recommendations`). Always the same object for the same document. */
  fallbacks?: ReadonlyMap<string, unknown>
}

/**
 * The graph as one, in front of its subgraphs. What is wrong with a request, or goes wrong in a subgraph, is in
 * `errors` of the result with a code of the catalogue; errors are not masked yet (mask-errors.ts does it at the edge).
 */
export interface Gateway extends AsyncDisposable {
  /** What clients see. */
  readonly schema: GraphQLSchema
  readonly limits: QueryLimits
  /** Of the cache of planned documents. */
  readonly cacheCounts: CacheCounts
  /** Parses, validates and plans, or says why not; costs next to nothing the second time. Without a principal, for one that may read all. */
  plan(document: string, operationName?: string, principal?: Principal): Promise<PlannedOperation>
  /** Keeps what is planned of this text for as long as the gateway lives. Only for texts that the operator trusts. */
  keep(document: string): void
  /** Queries and mutations. */
  execute(request: GatewayRequest): Promise<ExecutionResult>
  /** The same with `data` as JSON text, at less cost; or the errors of a request that was not run at all. */
  executeToJson(request: GatewayRequest): Promise<JsonAnswer>
  subscribe(request: GatewayRequest): Promise<AsyncIterable<ExecutionResult> | ExecutionResult>
}

/** Throws CONFIG_INVALID when the supergraph has a subgraph that nothing serves, or a name that is kept for the gateway. */
export function createGateway({
  supergraphSdl,
  subgraphs,
  limits: givenLimits,
  subgraphTimeoutMs = 10_000,
  timers = createDeadlineTimers(),
  fetchEntities = createDirectEntities(timers),
  fetchRoot = createRootFetches({ isJoining: false }).fetchRoot,
  fallbacks = new Map(),
  isPlannerIsolated = false,
  overrides,
  cache = null,
}: GatewayOptions): Gateway {
  const limits = { ...DEFAULT_QUERY_LIMITS, ...givenLimits }
  const findSubgraph = createFindSubgraph(supergraphSdl, subgraphs)
  const planner = createPlanner({
    supergraphSdl,
    limits,
    isIsolated: isPlannerIsolated,
    ...(overrides ? { overrides } : {}),
  })
  const { schema } = planner
  refuseReservedNames(schema)
  const types = supergraphTypesOf(supergraphSdl)
  const classes = createCacheClasses(hashOf(supergraphSdl))
  const fetches = cache
    ? createCachedFetches({ cache, classes, fetchEntities, fetchRoot, timers })
    : { fetchEntities, fetchRoot }
  const engine = createEngine({
    schema,
    types,
    findSubgraph,
    ...fetches,
    caching: cache ? { cache, classes, rules: cacheRulesOf(supergraphSdl) } : null,
    subgraphTimeoutMs,
    fallbacks,
  })

  return {
    schema,
    limits,
    get cacheCounts() {
      return planner.cacheCounts
    },
    plan: (document, operationName, principal) =>
      planner.plan(document, operationName, principal ? grantOf(principal) : ALL_GRANTED),

    keep: (document) => planner.keep(document),

    async execute(request) {
      const prepared = await prepare(request)
      if (prepared.kind === 'refused') return { errors: prepared.errors }
      if (isSubscription(prepared)) return { errors: [NOT_HERE] }
      return engine.execute(prepared)
    },

    async executeToJson(request) {
      const prepared = await prepare(request)
      if (prepared.kind === 'refused') return prepared
      if (isSubscription(prepared)) return { kind: 'refused', errors: [NOT_HERE] }
      return engine.executeToJson(prepared)
    },

    async subscribe(request) {
      const prepared = await prepare(request)
      if (prepared.kind === 'refused') return { errors: prepared.errors }
      return isSubscription(prepared) ? engine.subscribe(prepared) : engine.execute(prepared)
    },

    [Symbol.asyncDispose]: () => planner[Symbol.asyncDispose](),
  }

  async function prepare(
    request: GatewayRequest,
  ): Promise<
    ({ kind: 'ready' } & ExecutableOperation) | { kind: 'refused'; errors: readonly GraphQLError[] }
  > {
    const { document, operationName, variables = {}, context, areVariablesCoerced, fallbacks } = request
    const { maxCost = limits.maxCost } = request
    const planned = await planner.plan(document, operationName, grantOf(context.principal))
    if (planned.kind === 'refused') return planned
    const forbidden = authorizeOperation(context.principal, planned.operation.operation)
    if (forbidden) return { kind: 'refused', errors: [forbidden] }
    const coerced = areVariablesCoerced
      ? { kind: 'coerced' as const, variables }
      : coerceVariables(schema, planned, variables, limits)
    if (coerced.kind === 'refused') return coerced
    const tooCostly = maxCost === Infinity ? null : checkCost(planned.cost(coerced.variables), maxCost)
    if (tooCostly) return { kind: 'refused', errors: [tooCostly] }
    const ready = { kind: 'ready' as const, planned, variables: coerced.variables, context }
    return fallbacks ? { ...ready, fallbacks } : ready
  }
}

const ALL_GRANTED: Grant = { isAuthenticated: true, scopes: ['admin'] }

function grantOf({ kind, scopes }: Principal): Grant {
  return { isAuthenticated: kind !== 'anonymous', scopes }
}

/** Of all that decides what a field's value looks like. */
function hashOf(supergraphSdl: string): string {
  return createHash('sha256').update(supergraphSdl).digest('base64url').slice(0, 16)
}

function isSubscription({ planned }: ExecutableOperation): boolean {
  return planned.operation.operation === OperationTypeNode.SUBSCRIPTION
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
