import { GraphQLError, type ExecutionResult } from 'graphql'
import type {
  EntityCall,
  EntityCallPart,
  EntityError,
  EntityPartAnswer,
  FetchEntities,
} from '../batching/fetch-entities.ts'
import { askSubgraph } from './ask-subgraph.ts'
import { isDataObject, type DataObject } from './data.ts'

/** Each call by itself: nothing waits for anything, and nothing is joined. */
export const fetchEntitiesDirectly: FetchEntities = async (call) => {
  const result = await askSubgraph(call, variablesOf(call), call.context, call.deadlineAt)
  return { parts: call.parts.map((part) => answerFor(part, result)) }
}

function variablesOf({ parts, variables }: EntityCall): Record<string, unknown> {
  const all: Record<string, unknown> = { ...variables }
  for (const { variable, representations } of parts) {
    all[variable] = representations.map(({ value }) => value)
  }
  return all
}

function answerFor(
  { responseName, representations }: EntityCallPart,
  result: ExecutionResult,
): EntityPartAnswer {
  const answered = isDataObject(result.data) ? result.data[responseName] : undefined
  const ofPart = (result.errors ?? []).filter(({ path }) => path?.[0] === responseName)
  if (!Array.isArray(answered)) return nothing(representations.length, ofPart[0] ?? result.errors?.[0])
  const errors = new Map<number, EntityError[]>()
  for (const error of ofPart) {
    const index = error.path?.[1]
    if (typeof index !== 'number') continue
    const own = { error, path: error.path?.slice(2) ?? [] }
    errors.set(index, [...(errors.get(index) ?? []), own])
  }
  return { entities: answered as (DataObject | null)[], errors }
}

function nothing(count: number, error: GraphQLError | undefined): EntityPartAnswer {
  const reason =
    error ??
    new GraphQLError('a subgraph gave neither data nor an error', { extensions: { code: 'SUBGRAPH_FAILED' } })
  const indices = Array.from({ length: count }, (_, index) => index)
  return {
    entities: indices.map(() => null),
    errors: new Map(indices.map((index) => [index, [{ error: reason, path: [] }]])),
  }
}
