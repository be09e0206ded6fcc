import type { QueryPlan } from '@graphql-hive/router-query-planner'
import { GraphQLError, type ExecutionResult, type GraphQLSchema } from 'graphql'
import type { ExecutableOperation, Executor } from '../executor.ts'
import { mapAsyncIterable } from '../map-async-iterable.ts'
import { requestOf, subgraphFailed } from './call-subgraph.ts'
import { compilePlan, type CompiledPlan, type FindSubgraph, type RootFetch } from './compile-plan.ts'
import { DataObject } from './data.ts'
import { executeStep, mergeRootResult, variablesFor, type PlanRun } from './execute-plan.ts'
import { shapeResponse } from './shape-response.ts'
import type { TypeConditions } from './type-conditions.ts'

export interface ExecutorOptions {
  schema: GraphQLSchema
  satisfies: TypeConditions
  findSubgraph: FindSubgraph
  subgraphTimeoutMs: number
  /** Of one answer; the rest is counted. */
  maxErrors?: number
}

/** Walks the plan of each request over plain merged data, then shapes that with graphql-js. */
export function createExecutor({
  schema,
  satisfies,
  findSubgraph,
  subgraphTimeoutMs,
  maxErrors = 1_000,
}: ExecutorOptions): Executor {
  const compiled = new WeakMap<QueryPlan, CompiledPlan>()
  const nothing: CompiledPlan = { subscription: null, step: null }

  return {
    async execute(operation) {
      const { step } = planOf(operation)
      const run = startRun(operation)
      if (step) await executeStep(step, run)
      return answer(operation, run)
    },

    async subscribe(operation) {
      const plan = planOf(operation)
      const { subscription } = plan
      if (!subscription) throw new Error('a subscription was planned without its source')
      const source = await open(subscription, operation)
      if (!(Symbol.asyncIterator in source)) return answerTo(source, plan, subscription, operation)
      return mapAsyncIterable(source, (event) => answerTo(event, plan, subscription, operation))
    },
  }

  function planOf({ plan }: ExecutableOperation): CompiledPlan {
    if (!plan) return nothing
    let known = compiled.get(plan)
    if (!known) {
      known = compilePlan(plan, findSubgraph)
      compiled.set(plan, known)
    }
    return known
  }

  function startRun({ variables, context }: ExecutableOperation): PlanRun {
    return { variables, context, satisfies, subgraphTimeoutMs, data: new DataObject(), errors: [] }
  }

  async function open(
    subscription: RootFetch,
    operation: ExecutableOperation,
  ): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
    const variables = variablesFor(subscription.variableNames, startRun(operation))
    try {
      return await subscription.subgraph.subscribe(requestOf(subscription, variables, operation.context))
    } catch (cause) {
      return { errors: [subgraphFailed(subscription.subgraphName, cause)] }
    }
  }

  /** Each event is the start of a run of its own: what the other subgraphs add is as it is at that moment. */
  async function answerTo(
    event: ExecutionResult,
    plan: CompiledPlan,
    subscription: RootFetch,
    operation: ExecutableOperation,
  ): Promise<ExecutionResult> {
    const run = startRun(operation)
    mergeRootResult(subscription, event, run)
    if (plan.step) await executeStep(plan.step, run)
    return answer(operation, run)
  }

  function answer({ document, operation, variables }: ExecutableOperation, run: PlanRun): ExecutionResult {
    const operationName = operation.name?.value
    const shaped = shapeResponse({ schema, document, operationName, variables, data: run.data })
    const errors = [...(shaped.errors ?? []), ...run.errors]
    if (errors.length === 0) return shaped
    return { ...shaped, errors: bounded(errors, maxErrors) }
  }
}

function bounded(errors: readonly GraphQLError[], maxErrors: number): readonly GraphQLError[] {
  if (errors.length <= maxErrors) return errors
  const left = new GraphQLError(`${errors.length - maxErrors} more errors are left out`, {
    extensions: { code: 'SUBGRAPH_FAILED' },
  })
  return [...errors.slice(0, maxErrors), left]
}
