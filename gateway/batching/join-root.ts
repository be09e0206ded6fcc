import type { ExecutionResult } from 'graphql'
import { authorizationClassOf } from '../../core/access/authorization-class.ts'
import type { RequestContext } from '../../core/access/request-context.ts'
import type { CachedFetch } from '../cache/fetches/cached-fetch.ts'
import type { ReadText, SubgraphClient, SubgraphRequest } from '../subgraph-client.ts'
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
  /** How the answer may be read; only calls with the same one are joined. */
  readText?: ReadText | undefined
}

export interface RootAnswer extends ExecutionResult {
  /** The root fields in which something is older than it should be, since it could not be read or is being read anew. */
  staleFields?: readonly string[]
}

export interface RootFetches {
  /** Rejects with SubgraphUnavailable, or what an in-process subgraph rejects with. The result is shared: read only. */
  fetchRoot: (call: RootCall) => Promise<RootAnswer>
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
  const underWay = new Map<string, UnderWay>()

  function fetchRoot(call: RootCall): Promise<ExecutionResult> {
    const mayJoin = isJoining && !call.isMutation && !call.context.after
    const key = mayJoin ? keyOf(call) : null
    const present = key === null ? undefined : underWay.get(key)
    const canJoin = present && isSameCall(present.call, call) && !present.shared.aborted
    const joined = canJoin ? present : begin(call, key)
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

  function begin(call: RootCall, key: string | null): UnderWay {
    counters.sent++
    const shared = new SharedCall()
    const answer = call.subgraph.execute(requestOf(call, shared, key !== null))
    const begun: UnderWay = { call, shared, answer }
    if (key === null) return begun
    underWay.set(key, begun)
    const end = () => {
      if (underWay.get(key) === begun) underWay.delete(key)
    }
    answer.then(end, end)
    return begun
  }

  return { counters, fetchRoot }
}

interface UnderWay {
  call: RootCall
  shared: SharedCall
  answer: Promise<ExecutionResult>
}

/** Of calls with the same key. */
function isSameCall(one: RootCall, other: RootCall): boolean {
  return one.subgraph === other.subgraph && one.readText === other.readText
}

/**
 * A call that others may join is bounded by them leaving (whose deadlines are not known yet) and by the transport's own
 * limit; one for a single caller by his deadline.
 */
function requestOf(
  { document, operationName, variables, context, deadlineAt, readText }: RootCall,
  shared: SharedCall,
  mayBeJoined: boolean,
): SubgraphRequest {
  const request: SubgraphRequest = { document, variables, context, signal: shared }
  if (operationName !== undefined) request.operationName = operationName
  if (!mayBeJoined) request.deadlineAt = deadlineAt
  if (readText) request.readText = readText
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
