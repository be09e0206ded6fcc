import { GraphQLError, type ExecutionResult } from 'graphql'
import type { RequestContext } from '../../core/access/request-context.ts'
import type {
  EntityAnswer,
  EntityPartAnswer,
  FetchEntities,
  Representation,
} from '../batching/fetch-entities.ts'
import type { RootAnswer, RootFetches } from '../batching/join-root.ts'
import { clientAlias } from '../safe-aliases.ts'
import { collectEntities } from './collect-entities.ts'
import type { Merge } from './compile-merge.ts'
import { noteDemands, type DemandNotes } from './demand-notes.ts'
import type { EntityFetch, EntityPart, PlanStep, RootFetch, Taken } from './compile-plan.ts'
import { isDataObject, type DataObject } from './data.ts'
import { FieldFailure, failureOf, unavailable } from './field-failure.ts'
import { copyFields, failFields } from './merge-fields.ts'
import { placeErrors, wholeFailure, type PlacedError } from './place-errors.ts'
import { JsonRepresentation } from './representation.ts'
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
  takeOver([run.data], result.data, errors, fetch, mergeOf(fetch, run), run)
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
      readText: run.textLane?.readers.get(fetch),
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
      readText: run.textLane?.readers.get(fetch),
    })
    answers = answer.parts
    if (run.notes) noteDemands(run.notes, resultOf(answer))
  } catch (cause) {
    const failure = unavailable(fetch.subgraphName, cause)
    for (const { part, targets } of wanted) {
      for (const entity of targets.flat()) failFields(entity, failure, part.tree)
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

/** The entities of one part, and what is sent for them: each representation once, however many places want it. */
interface Wanted {
  part: EntityPart
  representations: Representation[]
  /** By the index of the representation. */
  targets: DataObject[][]
}

function mergeOf(taken: Taken, { textLane }: PlanRun): Merge {
  return textLane?.merges.get(taken) ?? taken.merger()
}

function gather(part: EntityPart, run: PlanRun): Wanted {
  const entities: DataObject[] = []
  for (const path of part.paths) collectEntities(run.data, path, run.types, entities)
  const wanted: Wanted = { part, representations: [], targets: [] }
  const byText = new Map<string, DataObject[]>()
  const byKey = new Map<string, DataObject[]>()
  for (const entity of entities) {
    const key = singleKeyValue(part, entity)
    if (key !== null && joined(byKey.get(key), entity)) continue
    const json =
      key !== null && part.singleKey ? part.singleKey.write(key) : part.project(entity, run.variables)
    if (json === null) continue
    if (json instanceof FieldFailure) {
      failFields(entity, json.elsewhere(), part.tree)
      continue
    }
    if (key === null && joined(byText.get(json), entity)) continue
    const own = [entity]
    if (key === null) byText.set(json, own)
    else byKey.set(key, own)
    wanted.representations.push(new JsonRepresentation(json))
    wanted.targets.push(own)
  }
  return wanted
}

/** What tells an entity from others sooner than its whole representation; null where only that does. */
function singleKeyValue({ singleKey }: EntityPart, entity: DataObject): string | null {
  if (!singleKey || entity['__typename'] !== singleKey.typename) return null
  const value = entity[singleKey.name]
  return typeof value === 'string' ? value : null
}

function joined(same: DataObject[] | undefined, entity: DataObject): boolean {
  same?.push(entity)
  return same !== undefined
}

function scatter(wanted: Wanted | undefined, answer: EntityPartAnswer | undefined, run: PlanRun): void {
  if (!wanted) return
  const { part, targets } = wanted
  if (answer?.isStale) run.stale.push(...part.paths.map(clientPath))
  const merge = mergeOf(part, run)
  let index = -1
  for (const entities of targets) {
    index++
    const entity = answer?.entities[index]
    const errors = answer?.errors.get(index)
    if (isDataObject(entity)) {
      takeOver(entities, entity, errors ?? NO_ERRORS, part, merge, run)
    } else if (errors?.[0]) {
      const failure = failureOf(errors[0].error, errors[0].path)
      for (const target of entities) failFields(target, failure, part.tree)
    }
  }
}

/** As a client has it. */
function clientPath(path: EntityPart['paths'][number]): string {
  const names = path.flatMap((step) =>
    typeof step === 'object' && 'Field' in step ? [clientAlias(step.Field)] : [],
  )
  return names.join('.')
}

const NO_ERRORS: readonly PlacedError[] = []

/** What needs a change of the answer is done to a copy: an answer may be shared. */
function takeOver(
  targets: readonly DataObject[],
  answer: DataObject,
  errors: readonly PlacedError[],
  taken: Taken,
  merge: Merge,
  run: PlanRun,
): void {
  let source = answer
  if (errors.length > 0 || taken.outputRewrites.length > 0) {
    source = copyFields(answer, taken.answerTree)
    run.errors.push(...placeErrors(source, errors).map(withoutPlace))
    applyRewrites(source, taken.outputRewrites, run.types)
  }
  for (const target of targets) merge(target, source)
}

/** An error of a subgraph as one of the whole answer; over a network it came as a plain object. */
function withoutPlace(error: GraphQLError): GraphQLError {
  return new GraphQLError(error.message, {
    path: error.path?.map((step) => (typeof step === 'string' ? clientAlias(step) : step)) ?? null,
    originalError: error.originalError ?? (error instanceof Error ? error : null),
    extensions: { code: 'SUBGRAPH_FAILED', ...error.extensions },
  })
}
