import { GraphQLError, type ExecutionResult, type GraphQLSchema } from 'graphql'
import type { FetchEntities } from '../batching/fetch-entities.ts'
import type { RootFetches } from '../batching/join-root.ts'
import type { ExecutableOperation, Executor, JsonAnswer } from '../executor.ts'
import { mapAsyncIterable } from '../map-async-iterable.ts'
import type { PlannedDocument } from '../planner.ts'
import type { SubgraphClient, SubgraphRequest } from '../subgraph-client.ts'
import {
  compileOperation,
  type AnswerShape,
  type Caching,
  type CompiledOperation,
} from './compile-operation.ts'
import type { RootFetch } from './compile-plan.ts'
import { DataObject } from './data.ts'
import { staleExtensions } from './demand-notes.ts'
import { unavailable } from './field-failure.ts'
import { mergeRootResult, runStep, variablesFor, type PlanRun } from './run-plan.ts'
import type { Fallbacks } from './shape/compile-shape.ts'
import { shapeResult, type ShapedResult } from './shape/shape-result.ts'
import type { SupergraphTypes } from './supergraph-types.ts'
import type { TextLane } from './text/compile-text-lane.ts'
import { withoutRuns } from './text/runs.ts'

export interface EngineOptions {
  schema: GraphQLSchema
  types: SupergraphTypes
  findSubgraph: (name: string) => SubgraphClient
  /** Null: nothing is cached. */
  caching: Caching | null
  fetchEntities: FetchEntities
  fetchRoot: RootFetches['fetchRoot']
  /** How long one call of a subgraph may take, when the request's own deadline is not sooner. */
  subgraphTimeoutMs: number
  /** Of the whole graph, by coordinate. */
  fallbacks: ReadonlyMap<string, unknown>
  /** Of one answer; the rest is counted. */
  maxErrors?: number
}

/**
 * Runs operations that are compiled once for all their requests: what is sent to subgraphs, how their answers are
 * merged, and how the client's answer is written. An answer in which nothing is wrong is written as JSON straight from
 * merged data; any other, and those that callers in this process want, is shaped as objects.
 */
export function createEngine(options: EngineOptions): Executor {
  const { schema, types, findSubgraph, caching, fetchEntities, fetchRoot, subgraphTimeoutMs } = options
  const { maxErrors = 1_000 } = options
  const compiled = new WeakMap<PlannedDocument, WeakMap<ReadonlyMap<string, unknown>, CompiledOperation>>()

  return {
    async execute(operation) {
      const known = compiledOf(operation)
      const { variables, context } = operation
      const hit = await known.shapeFor(variables).writeHit(variables, context)
      if (hit !== undefined) return { data: JSON.parse(hit) as Record<string, unknown> }
      const run = startRun(operation)
      if (known.plan.step) await runStep(known.plan.step, run)
      return resultOf(known, operation, run)
    },

    async executeToJson(operation) {
      const known = compiledOf(operation)
      const { variables, context } = operation
      const answer = known.shapeFor(variables)
      const hit = answer.writeHit(variables, context)
      const text = typeof hit === 'object' ? await hit : hit
      if (text !== undefined) return { kind: 'answered', data: [text], errors: [], degraded: [] }
      const run = startRun(operation, answer.textLane())
      if (known.plan.step) await runStep(known.plan.step, run)
      return jsonOf(known, answer, operation, run)
    },

    async subscribe(operation) {
      const known = compiledOf(operation)
      const { subscription } = known.plan
      if (!subscription) throw new Error('a subscription was planned without its source')
      const source = await open(subscription, operation)
      if (!(Symbol.asyncIterator in source)) return answerTo(source, known, subscription, operation)
      return mapAsyncIterable(source, (event) => answerTo(event, known, subscription, operation))
    },
  }

  function compiledOf({ planned, fallbacks = NO_FALLBACKS }: ExecutableOperation): CompiledOperation {
    let byFallbacks = compiled.get(planned)
    if (!byFallbacks) compiled.set(planned, (byFallbacks = new WeakMap()))
    let known = byFallbacks.get(fallbacks)
    if (!known) {
      const both = bothOf(fallbacks, options.fallbacks)
      known = compileOperation(planned, { schema, types, findSubgraph, caching, fallbacks: both })
      byFallbacks.set(fallbacks, known)
    }
    return known
  }

  function startRun({ variables, context }: ExecutableOperation, textLane: TextLane | null = null): PlanRun {
    const notes = context.after ? { held: null, refusal: null } : null
    return {
      variables,
      context,
      types,
      fetchEntities,
      fetchRoot,
      subgraphTimeoutMs,
      textLane,
      data: new DataObject(),
      errors: [],
      notes,
      stale: [],
    }
  }

  async function open(
    subscription: RootFetch,
    operation: ExecutableOperation,
  ): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
    const { subgraph, document, operationName, variableNames } = subscription
    const request: SubgraphRequest = {
      document,
      variables: variablesFor(variableNames, startRun(operation)),
      context: operation.context,
    }
    if (operationName !== undefined) request.operationName = operationName
    try {
      return await subgraph.subscribe(request)
    } catch (cause) {
      const { message, code } = unavailable(subscription.subgraphName, cause)
      const originalError = cause instanceof Error ? cause : null
      return { errors: [new GraphQLError(message, { originalError, extensions: { code } })] }
    }
  }

  /** Each event is the start of a run of its own: what the other subgraphs add is as it is at that moment. */
  async function answerTo(
    event: ExecutionResult,
    known: CompiledOperation,
    subscription: RootFetch,
    operation: ExecutableOperation,
  ): Promise<ExecutionResult> {
    const run = startRun(operation)
    mergeRootResult(subscription, event, run)
    if (known.plan.step) await runStep(known.plan.step, run)
    return resultOf(known, operation, run)
  }

  function resultOf(known: CompiledOperation, operation: ExecutableOperation, run: PlanRun): ExecutionResult {
    if (run.notes?.refusal) return { errors: [run.notes.refusal] }
    const { data, errors, degraded } = shaped(known, operation, run.data)
    const result: ExecutionResult = { data }
    const all = [...errors, ...run.errors]
    if (all.length > 0) result.errors = bounded(all, maxErrors)
    const extensions = {
      ...(degraded.length > 0 && { degraded: degraded.slice(0, maxErrors) }),
      ...staleExtensions(run.notes, run.stale),
    }
    if (Object.keys(extensions).length > 0) result.extensions = extensions
    return result
  }

  function jsonOf(
    known: CompiledOperation,
    answer: AnswerShape,
    operation: ExecutableOperation,
    run: PlanRun,
  ): JsonAnswer {
    if (run.notes?.refusal) return { kind: 'refused', errors: [run.notes.refusal] }
    const stale = run.notes || run.stale.length > 0 ? staleExtensions(run.notes, run.stale) : NOT_STALE
    const written = answer.write(run.data, known.introspect(operation.variables))
    if (written !== undefined)
      return {
        kind: 'answered',
        data: written,
        errors: bounded(run.errors, maxErrors),
        degraded: [],
        ...stale,
      }
    const { data, errors, degraded } = shaped(known, operation, withoutRuns(run.data))
    return {
      kind: 'answered',
      data: [JSON.stringify(data)],
      errors: bounded([...errors, ...run.errors], maxErrors),
      degraded: degraded.slice(0, maxErrors),
      ...stale,
    }
  }

  function shaped(
    known: CompiledOperation,
    { variables }: ExecutableOperation,
    data: DataObject,
  ): ShapedResult {
    return shapeResult(known.shapeFor(variables).shape, data, known.introspect(variables))
  }
}

const NOT_STALE = {}

const NO_FALLBACKS: ReadonlyMap<string, unknown> = new Map()

function bothOf(first: Fallbacks, second: Fallbacks): Fallbacks {
  return {
    has: (name) => first.has(name) || second.has(name),
    get: (name) => (first.has(name) ? first.get(name) : second.get(name)),
  }
}

function bounded(errors: readonly GraphQLError[], maxErrors: number): readonly GraphQLError[] {
  if (errors.length <= maxErrors) return errors
  const left = new GraphQLError(`${errors.length - maxErrors} more errors are left out`, {
    extensions: { code: 'SUBGRAPH_FAILED' },
  })
  return [...errors.slice(0, maxErrors), left]
}
