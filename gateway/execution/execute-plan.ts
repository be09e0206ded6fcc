import type { ExecutionResult, GraphQLError } from 'graphql'
import type { RequestContext } from '../../core/access/request-context.ts'
import { callSubgraph } from './call-subgraph.ts'
import { collectEntities } from './collect-entities.ts'
import type { EntityFetch, EntityPart, PlanStep, RootFetch } from './compile-plan.ts'
import { isDataObject, type DataObject } from './data.ts'
import { FieldFailure } from './field-failure.ts'
import { failFields, mergeFields } from './merge-fields.ts'
import { placeErrors, wholeFailure } from './place-errors.ts'
import { representationOf } from './representation.ts'
import { applyRewrites } from './rewrites.ts'
import type { TypeConditions } from './type-conditions.ts'

/** One run of a plan: what it was given, and what it has gathered so far. */
export interface PlanRun {
  readonly variables: Readonly<Record<string, unknown>>
  readonly context: RequestContext
  readonly satisfies: TypeConditions
  readonly subgraphTimeoutMs: number
  /** The answers of all subgraphs merged, under safe aliases; failures stand in the places of what they took. */
  readonly data: DataObject
  /** Errors that came beside complete data, so that no place in it is theirs. */
  readonly errors: GraphQLError[]
}

/** Runs a step and all within it. Never rejects for what a subgraph does. */
export async function executeStep(step: PlanStep, run: PlanRun): Promise<void> {
  switch (step.kind) {
    case 'root':
      return fetchRoot(step, run)
    case 'entities':
      return fetchEntities(step, run)
    case 'sequence':
      for (const child of step.steps) await executeStep(child, run)
      return undefined
    case 'parallel':
      await Promise.all(step.steps.map((child) => executeStep(child, run)))
      return undefined
    case 'condition': {
      const chosen = run.variables[step.variable] === true ? step.whenTrue : step.otherwise
      return chosen ? executeStep(chosen, run) : undefined
    }
  }
}

/** Takes one answer of a root fetch, or one event of a subscription, into the merged data. */
export function mergeRootResult(fetch: RootFetch, result: ExecutionResult, run: PlanRun): void {
  if (!isDataObject(result.data)) {
    failFields(run.data, wholeFailure(result), fetch.tree)
    return
  }
  run.errors.push(...placeErrors(result.data, result.errors ?? []))
  applyRewrites(result.data, fetch.outputRewrites, run.satisfies)
  mergeFields(run.data, result.data, fetch.tree)
}

export function variablesFor(names: readonly string[], run: PlanRun): Record<string, unknown> {
  const variables: Record<string, unknown> = {}
  for (const name of names) {
    if (Object.hasOwn(run.variables, name)) variables[name] = run.variables[name]
  }
  return variables
}

async function fetchRoot(fetch: RootFetch, run: PlanRun): Promise<void> {
  const variables = variablesFor(fetch.variableNames, run)
  mergeRootResult(fetch, await callSubgraph(fetch, variables, run.context, run.subgraphTimeoutMs), run)
}

async function fetchEntities(fetch: EntityFetch, run: PlanRun): Promise<void> {
  const batches = fetch.parts.map((part) => gather(part, run))
  if (batches.every((batch) => batch.representations.length === 0)) return
  const variables = variablesFor(fetch.variableNames, run)
  for (const { part, representations } of batches) variables[part.variable] = representations
  const result = await callSubgraph(fetch, variables, run.context, run.subgraphTimeoutMs)
  if (isDataObject(result.data)) run.errors.push(...placeErrors(result.data, result.errors ?? []))
  for (const batch of batches) scatter(batch, result, run)
}

/** The entities of one part, and what is sent for them: each representation once, however many places want it. */
interface Batch {
  part: EntityPart
  representations: DataObject[]
  /** By the index of the representation. */
  targets: DataObject[][]
}

function gather(part: EntityPart, run: PlanRun): Batch {
  const entities: DataObject[] = []
  for (const path of part.paths) collectEntities(run.data, path, run.satisfies, entities)
  const batch: Batch = { part, representations: [], targets: [] }
  const known = new Map<string, DataObject[]>()
  for (const entity of entities) {
    const representation = representationOf(entity, part.requires, run.variables, run.satisfies)
    if (representation === null) continue
    if (representation instanceof FieldFailure) {
      failFields(entity, representation.elsewhere(), part.tree)
      continue
    }
    applyRewrites(representation, part.inputRewrites, run.satisfies)
    const key = JSON.stringify(representation)
    const same = known.get(key)
    if (same) {
      same.push(entity)
      continue
    }
    const targets = [entity]
    known.set(key, targets)
    batch.representations.push(representation)
    batch.targets.push(targets)
  }
  return batch
}

function scatter({ part, targets }: Batch, result: ExecutionResult, run: PlanRun): void {
  const answered = isDataObject(result.data) ? result.data[part.responseName] : undefined
  const answers: readonly unknown[] | null = Array.isArray(answered) ? answered : null
  const failure = answers ?? (answered instanceof FieldFailure ? answered : wholeFailure(result)).elsewhere()
  for (const [index, entities] of targets.entries()) {
    const answer = answers ? answers[index] : failure
    if (answer instanceof FieldFailure) {
      for (const entity of entities) failFields(entity, answer, part.tree)
    } else if (isDataObject(answer)) {
      applyRewrites(answer, part.outputRewrites, run.satisfies)
      for (const entity of entities) mergeFields(entity, answer, part.tree)
    }
  }
}
