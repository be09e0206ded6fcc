import { buildSubgraphSchema } from '@apollo/subgraph'
import { createSourceEventStream, execute, parse, type ExecutionResult, type GraphQLSchema } from 'graphql'
import type { RequestContext } from '../core/access/request-context.ts'
import type { AwaitDemands } from './await-demands.ts'
import { failedResult, withCodes } from './coded-errors.ts'
import { createOperationCache } from './operation-cache.ts'
import { mapResults } from './map-results.ts'

/** One operation for a subgraph, as a gateway sends it. */
export interface SubgraphRequest {
  document: string
  operationName?: string
  variables?: Record<string, unknown>
  context: RequestContext
}

/** A subgraph that is asked in process. Whatever goes wrong inside comes back in the result. */
export interface Subgraph {
  readonly name: string
  readonly schema: GraphQLSchema
  execute(request: SubgraphRequest): Promise<ExecutionResult>
  /** Results one by one, or a single one with errors when it cannot begin. `return()` ends it at once. */
  subscribe(request: SubgraphRequest): Promise<AsyncIterable<ExecutionResult> | ExecutionResult>
}

export interface SubgraphOptions<Context> {
  name: string
  /** SDL of Federation 2. */
  typeDefs: string
  /** Checked against the SDL where they are written, by the types generated from it. */
  resolvers: Readonly<Record<string, object>>
  /** What the resolvers are given, made anew for each request and each message of a subscription. */
  contextFor: (request: RequestContext) => Context
  /**
   * Called before each message of a subscription is answered: what was read for the one before is out of date, here and
   * for the rest of the graph that a gateway then asks for the same request.
   */
  onMessage?: (request: RequestContext) => void
  /** Called before a request that must show a write is answered; without it, nothing is said about what is shown. */
  awaitDemands?: AwaitDemands
}

type FederationModule = Extract<Parameters<typeof buildSubgraphSchema>[0], { typeDefs: unknown }>

export function createSubgraph<Context>(options: SubgraphOptions<Context>): Subgraph {
  const { name, contextFor, awaitDemands } = options
  const schema = buildSubgraphSchema({
    typeDefs: parse(options.typeDefs),
    resolvers: options.resolvers as NonNullable<FederationModule['resolvers']>,
  })
  const prepare = createOperationCache(schema)

  const executionArgs = ({ operationName, variables, context }: SubgraphRequest) => ({
    schema,
    operationName: operationName ?? null,
    variableValues: variables ?? null,
    contextValue: contextFor(context),
  })

  return {
    name,
    schema,

    async execute(request) {
      const prepared = prepare(request.document)
      if ('errors' in prepared) return prepared
      const { document } = prepared
      if (!request.context.after || !awaitDemands) {
        return withCodes(await execute({ ...executionArgs(request), document }))
      }
      const held = await awaitDemands(request.context).catch(failedResult)
      if ('errors' in held) return held
      const result = withCodes(await execute({ ...executionArgs(request), document }))
      return { ...result, extensions: { held } }
    },

    async subscribe(request) {
      const prepared = prepare(request.document)
      if ('errors' in prepared) return prepared
      const { document } = prepared
      const source = await createSourceEventStream({ ...executionArgs(request), document })
      if (!(Symbol.asyncIterator in source)) return withCodes(source)
      return mapResults(
        source,
        async (rootValue) => {
          options.onMessage?.(request.context)
          return withCodes(await execute({ ...executionArgs(request), document, rootValue }))
        },
        failedResult,
      )
    },
  }
}
