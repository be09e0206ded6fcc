import type { ExecutionResult } from 'graphql'
import { authorizationClassOf } from '../../core/access/authorization-class.ts'
import type { RequestContext } from '../../core/access/request-context.ts'
import type { CachedFetch } from '../cache/compile-cached-fetch.ts'
import type { SubgraphClient, SubgraphRequest } from '../subgraph-client.ts'
import { createDeadlineTimers, type DeadlineTimers } from '../transports/deadline-timers.ts'
import { SharedCall } from './shared-call.ts'
import { variablesKey } from './variables-key.ts'
import { waitFor } from './waiting-caller.ts'

/** One root fetch on behalf of one request. */
export interface RootCall {
  subgraph: SubgraphClient
  subgraphName: string
  document: string
  operationName: string | undefined
  variables: Record<string, unknown>
  context: RequestContext
  /** On the clock of performance.now(): by then the call answers or fails. */
  deadlineAt: number
  /** A mutation is always sent by itself. */
  isMutation: boolean
  /** Selects what depends on who asks, beyond his scopes: never joined with a call of another principal. */
  isPrivate?: boolean
  /** How its answers are kept; not at all when absent or null. */
  cached?: CachedFetch | null
}

export interface RootAnswer extends ExecutionResult {
  /** The root fields in which something is older than it should be, since it could not be read or is being read anew. */
  staleFields?: readonly string[]
}

export interface RootFetches {
  /** Rejects with SubgraphUnavailable, or what an in-process subgraph rejects with. The result is shared: read only. */
  fetchRoot: (call: RootCall) => Promise<RootAnswer>
  /** The same as JSON text, for a subgraph that has `executeText`. */
  fetchRootText: (call: RootCall) => Promise<string>
  readonly counters: Readonly<RootFetchCounters>
}

export interface RootFetchCounters {
  /** Calls that were sent. */
  sent: number
  /** Callers who joined a call that was under way. */
  joined: number
}

export interface RootFetchOptions {
  timers?: DeadlineTimers
  /** False sends every call by itself. */
  isJoining?: boolean
}

/**
 * Root fetches, each bounded by its caller's deadline. Queries with the same subgraph, document, variables and authorization
 * class that are under way at the same time are one call. Whoever is late or has gone leaves it alone; it is aborted when
 * all have left. A caller may thus get what was read a moment before he asked, by as long as the call was under way;
 * not so one who must see a write (`after`): his call is his own.
 */
export function createRootFetches({
  timers = createDeadlineTimers(),
  isJoining = true,
}: RootFetchOptions = {}): RootFetches {
  const counters: RootFetchCounters = { sent: 0, joined: 0 }
  const results = new Map<string, UnderWay<ExecutionResult>>()
  const texts = new Map<string, UnderWay<string>>()

  function fetch<T>(
    call: RootCall,
    underWay: Map<string, UnderWay<T>>,
    ask: (request: SubgraphRequest) => Promise<T>,
  ): Promise<T> {
    const mayJoin = isJoining && !call.isMutation && !call.context.after
    const key = mayJoin ? keyOf(call) : null
    const present = key === null ? undefined : underWay.get(key)
    const canJoin = present && present.subgraph === call.subgraph && !present.shared.aborted
    const joined = canJoin ? present : begin(call, key, underWay, ask)
    if (canJoin) counters.joined++
    joined.shared.join()
    return waitFor(joined.answer, {
      subgraphName: call.subgraphName,
      deadlineAt: call.deadlineAt,
      signal: call.context.signal,
      timers,
      onLeave: (reason) => joined.shared.leave(reason),
    })
  }

  function begin<T>(
    call: RootCall,
    key: string | null,
    underWay: Map<string, UnderWay<T>>,
    ask: (request: SubgraphRequest) => Promise<T>,
  ): UnderWay<T> {
    counters.sent++
    const shared = new SharedCall()
    const answer = ask(requestOf(call, shared, key !== null))
    const begun: UnderWay<T> = { subgraph: call.subgraph, shared, answer }
    if (key === null) return begun
    underWay.set(key, begun)
    const end = () => {
      if (underWay.get(key) === begun) underWay.delete(key)
    }
    answer.then(end, end)
    return begun
  }

  return {
    counters,
    fetchRoot: (call) => fetch(call, results, (request) => call.subgraph.execute(request)),
    fetchRootText: (call) =>
      fetch(call, texts, async (request) => {
        if (call.subgraph.executeText) return call.subgraph.executeText(request)
        throw new Error(`the subgraph "${call.subgraphName}" gives no text`)
      }),
  }
}

interface UnderWay<T> {
  subgraph: SubgraphClient
  shared: SharedCall
  answer: Promise<T>
}

/**
 * A call that others may join is bounded by them leaving (whose deadlines are not known yet) and by the transport's own
 * limit; one for a single caller by his deadline.
 */
function requestOf(
  { document, operationName, variables, context, deadlineAt }: RootCall,
  shared: SharedCall,
  mayBeJoined: boolean,
): SubgraphRequest {
  const request: SubgraphRequest = { document, variables, context, signal: shared }
  if (operationName !== undefined) request.operationName = operationName
  if (!mayBeJoined) request.deadlineAt = deadlineAt
  return request
}

function keyOf({
  subgraphName,
  document,
  operationName = '',
  variables,
  context,
  isPrivate = false,
}: RootCall) {
  const authorizationClass = authorizationClassOf(context.principal, isPrivate)
  return `${authorizationClass}\n${subgraphName}\n${operationName}\n${variablesKey(variables)}\n${document}`
}
