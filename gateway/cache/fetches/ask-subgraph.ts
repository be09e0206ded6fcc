import type { RequestContext } from '../../../core/access/request-context.ts'
import type { EntityCall, FetchEntities } from '../../batching/fetch-entities.ts'
import type { RootCall, RootFetches } from '../../batching/join-root.ts'
import type { EntityAnswered } from '../entity-read.ts'
import { KEYS, type CachedFetch } from './cached-fetch.ts'
import type { PartWant, RootWant } from './fetch-wants.ts'
import { readParts, readRoots } from './subgraph-answers.ts'

/** Asks for the entities of an entity fetch that are missing: the same call with fewer representations. */
export async function askEntities(
  fetchEntities: FetchEntities,
  call: EntityCall,
  missing: readonly PartWant[],
  isBehind: boolean,
): Promise<EntityAnswered[]> {
  const places = call.parts.map((): PartWant[] => [])
  for (const want of missing) places[want.part]?.push(want)
  const parts = call.parts.map((part, index) => ({
    ...part,
    representations: (places[index] ?? []).flatMap(({ at }) => part.representations[at] ?? []),
  }))
  const answer = await fetchEntities({ ...(isBehind ? behind(call) : call), parts })
  return readParts(answer, places, missing)
}

/** Asks for those of a root fetch that are missing: of one list these alone, else all of them. */
export async function askRoot(
  fetchRoot: RootFetches['fetchRoot'],
  call: RootCall,
  cached: CachedFetch,
  wants: readonly RootWant[],
  missing: readonly RootWant[],
  isBehind: boolean,
): Promise<EntityAnswered[]> {
  const part = missing.length < wants.length ? cached.missing : null
  const asked = part
    ? {
        ...call,
        document: part.document,
        operationName: undefined,
        variables: {
          ...Object.fromEntries(part.variableNames.map((name) => [name, call.variables[name]])),
          [KEYS]: missing.map(({ key }) => key.value),
        },
      }
    : call
  const result = await fetchRoot(isBehind ? behind(asked) : asked)
  return readRoots(result, part ? missing : wants, missing)
}

/** Not bounded by its caller, who has been answered. */
function behind<Call extends EntityCall | RootCall>(call: Call): Call {
  const { requestId, principal, trace } = call.context
  const context: RequestContext = { requestId, principal, ...(trace ? { trace } : {}) }
  return { ...call, context, deadlineAt: performance.now() + BEHIND_MS }
}

const BEHIND_MS = 10_000
