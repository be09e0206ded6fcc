import { GraphQLError, type ExecutionResult } from 'graphql'
import type { RequestContext } from '../../core/access/request-context.ts'
import type { EntityAnswer, EntityPartAnswer, FetchEntities } from '../batching/fetch-entities.ts'
import type { RootAnswer, RootCall, RootFetches } from '../batching/join-root.ts'
import { clientAlias } from '../safe-aliases.ts'
import type { Merge } from './compile-merge.ts'
import { noteDemands, type DemandNotes } from './demand-notes.ts'
import type { EntityFetch, EntityPart, PlanStep, RootFetch, Taken } from './compile-plan.ts'
import { isDataObject, isOfMergedData, type DataObject } from './data.ts'
import { FieldFailure, failureOf, unavailable } from './field-failure.ts'
import { gather, type Wanted } from './gather.ts'
import { copyFields, failFields } from './merge-fields.ts'
import { placeErrors, wholeFailure, type PlacedError } from './place-errors.ts'
import { applyRewrites } from './rewrites.ts'
import type { SupergraphTypes } from './supergraph-types.ts'
import type { TextLane } from './text/compile-text-lane.ts'

/** One run of a plan: what it was given, and what it has gathered so far. */
export interface PlanRun {
  readonly variables: Readonly<Record<string, unknown>>
  readonly context: RequestContext
  readonly types: SupergraphTypes
  readonly fetchEntities: FetchEntities
  readonly fetchRoot: RootFetches['fetchRoot']
  readonly subgraphTimeoutMs: number
  /** Null where answers have to be parsed. */
  readonly textLane: TextLane | null
  /** The answers of all subgraphs merged, under safe aliases; failures stand in the places of what they took. */
  readonly data: DataObject
  /** Errors that came beside complete data, so that no place in it is theirs. */
  readonly errors: GraphQLError[]
  /** Null for a request that demands nothing. */
  readonly notes: DemandNotes | null
  /** Where something is older than it should be: response paths without the numbers of lists. */
  readonly stale: string[]
}

/** Runs a step and all within it. Never rejects for what a subgraph does. */
export function runStep(step: PlanStep, run: PlanRun): Promise<unknown> {
  switch (step.kind) {
    case 'root':
      return fetchRoot(step, run)
    case 'entities':
      return fetchParts(step, run)
    case 'sequence':
      return runInOrder(step.steps, run)
    case 'parallel':
      return Promise.all(step.steps.map((child) => runStep(child, run)))
    case 'condition': {
      const chosen = run.variables[step.variable] === true ? step.whenTrue : step.otherwise
      return chosen ? runStep(chosen, run) : Promise.resolve()
    }
  }
}

async function runInOrder(steps: readonly PlanStep[], run: PlanRun): Promise<void> {
  for (const step of steps) await runStep(step, run)
}

/** Takes one answer of a root fetch, or one event of a subscription, into the merged data. */
export function mergeRootResult(fetch: RootFetch, result: ExecutionResult, run: PlanRun): void {
  if (run.notes) noteDemands(run.notes, result)
  if (!isDataObject(result.data)) {
    failFields(run.data, wholeFailure(result), fetch.tree)
    return
  }
  const errors = (result.errors ?? []).map((error): PlacedError => ({ error, path: error.path }))
  mergeOf(fetch, run)(run.data, changed(result.data, errors, fetch, run))
}

export function variablesFor(names: readonly string[], run: PlanRun): Record<string, unknown> {
  const variables: Record<string, unknown> = {}
  for (const name of names) {
    if (Object.hasOwn(run.variables, name)) variables[name] = run.variables[name]
  }
  return variables
}

/** When a fetch that begins now is given up. */
function deadlineOf(run: PlanRun): number {
  return Math.min(performance.now() + run.subgraphTimeoutMs, run.context.deadlineAt ?? Infinity)
}

/** What is to be kept is looked at field by field. */
function readerOf(fetch: RootFetch | EntityFetch, { textLane }: PlanRun): RootCall['readText'] {
  return fetch.cached ? undefined : textLane?.readers.get(fetch)
}

async function fetchRoot(fetch: RootFetch, run: PlanRun): Promise<void> {
  const variables = variablesFor(fetch.variableNames, run)
  let result: RootAnswer
  try {
    const { subgraph, subgraphName, document, operationName, isPrivate, cached } = fetch
    result = await run.fetchRoot({
      subgraph,
      subgraphName,
      document,
      operationName,
      isPrivate,
      cached,
      variables,
      context: run.context,
      deadlineAt: deadlineOf(run),
      isMutation: fetch.isMutation,
      readText: readerOf(fetch, run),
    })
  } catch (cause) {
    failFields(run.data, unavailable(fetch.subgraphName, cause), fetch.tree)
    return
  }
  if (result.staleFields) run.stale.push(...result.staleFields.map(clientAlias))
  mergeRootResult(fetch, result, run)
}

async function fetchParts(fetch: EntityFetch, run: PlanRun): Promise<void> {
  const wanted = fetch.parts.map((part) => gather(part, run))
  if (wanted.every(({ representations }) => representations.length === 0)) return
  let answers: readonly EntityPartAnswer[]
  try {
    const { subgraph, subgraphName, document, operationName, isPrivate, cached } = fetch
    const answer = await run.fetchEntities({
      subgraph,
      subgraphName,
      document,
      operationName,
      isPrivate,
      cached,
      parts: wanted.map(({ part: { responseName, variable }, representations }) => ({
        responseName,
        variable,
        representations,
      })),
      variables: variablesFor(fetch.variableNames, run),
      context: run.context,
      deadlineAt: deadlineOf(run),
      readText: readerOf(fetch, run),
    })
    answers = answer.parts
    if (run.notes) noteDemands(run.notes, resultOf(answer))
  } catch (cause) {
    const failure = unavailable(fetch.subgraphName, cause)
    for (const { part, targets } of wanted) {
      for (const entity of targets) failFields(entity, failure, part.tree)
    }
    return
  }
  for (let index = 0; index < wanted.length; index++) scatter(wanted[index], answers[index], run)
}

/** As far as demands are concerned. */
function resultOf({ parts, extensions }: EntityAnswer): ExecutionResult {
  const errors = parts.flatMap((part) => [...part.errors.values()].flat().map(({ error }) => error))
  return extensions ? { errors, extensions } : { errors }
}

function mergeOf(taken: Taken, { textLane }: PlanRun): Merge {
  return textLane?.merges.get(taken) ?? taken.merger()
}

function scatter(wanted: Wanted | undefined, answer: EntityPartAnswer | undefined, run: PlanRun): void {
  if (!wanted) return
  const { part, targets, places } = wanted
  if (answer?.isStale) run.stale.push(...part.paths.map(clientPath))
  const merge = mergeOf(part, run)
  if (!answer) return
  const isPlain = answer.errors.size === 0 && part.outputRewrites.length === 0
  const sources = isPlain ? answer.entities : prepared(wanted, answer, run)
  let lastPlace = -1
  for (let index = 0; index < targets.length; index++) {
    const target = targets[index]
    const place = places[index] ?? -1
    const source = sources[place]
    // Representations were numbered as they were first wanted. An object of another kind, once in merged data, would
    // show the members that it inherits.
    const isOwn = answer.isOwn === true && place > lastPlace && isOfMergedData(source)
    if (place > lastPlace) lastPlace = place
    if (target && isDataObject(source)) merge(target, source, isOwn)
    else if (target && source instanceof FieldFailure) failFields(target, source, part.tree)
  }
}

/** The entities with what was said of them: errors in their places, rewrites made, a failure where there is none. */
function prepared({ part }: Wanted, { entities, errors }: EntityPartAnswer, run: PlanRun): unknown[] {
  return entities.map((entity, index) => {
    const own = errors.get(index) ?? []
    if (isDataObject(entity)) return changed(entity, own, part, run)
    return own[0] ? failureOf(own[0].error, own[0].path) : null
  })
}

/** As a client has it. */
function clientPath(path: EntityPart['paths'][number]): string {
  const names = path.flatMap((step) =>
    typeof step === 'object' && 'Field' in step ? [clientAlias(step.Field)] : [],
  )
  return names.join('.')
}

/** The same answer, or a copy where something in it has to be changed: an answer may be shared. */
function changed(answer: DataObject, errors: readonly PlacedError[], taken: Taken, run: PlanRun): DataObject {
  if (errors.length === 0 && taken.outputRewrites.length === 0) return answer
  const copy = copyFields(answer, taken.answerTree)
  run.errors.push(...placeErrors(copy, errors).map(withoutPlace))
  applyRewrites(copy, taken.outputRewrites, run.types)
  return copy
}

/** An error of a subgraph as one of the whole answer; over a network it came as a plain object. */
function withoutPlace(error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message, {
    path: error.path?.map((step) => (typeof step === 'string' ? clientAlias(step) : step)) ?? null,
    originalError: error.originalError ?? (error instanceof Error ? error : null),
    extensions: { code: 'SUBGRAPH_FAILED', ...error.extensions },
  })
}
