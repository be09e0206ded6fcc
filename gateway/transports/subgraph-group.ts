import type { ExecutionResult } from 'graphql'
import type { SubgraphRequest } from '../subgraph-client.ts'
import type { HttpSubgraph, HttpSubgraphState } from './http-subgraph.ts'
import { isQuery } from './request-body.ts'
import { SubgraphUnavailable } from './subgraph-unavailable.ts'

/** Of one call, the first included. */
const MAX_ATTEMPTS = 3

/**
 * One subgraph that several processes serve. A call goes to the one with the fewest calls among those that are well; one
 * that was not begun there, or a query whose connection was cut, goes on to another as long as there is time. So a process may
 * stop, or die, without a request noticing. Disposing closes all.
 */
export function createSubgraphGroup(name: string, members: readonly HttpSubgraph[]): HttpSubgraph {
  if (members.length === 0) throw new Error(`nobody serves the subgraph "${name}"`)
  let turn = 0

  return {
    name,
    get state() {
      return joined(members.map(({ state }) => state))
    },
    speaksText: true,
    execute,
    subscribe: (request) => choose([]).subscribe(request),
    async [Symbol.asyncDispose]() {
      await Promise.all(members.map((member) => member[Symbol.asyncDispose]()))
    },
  }

  async function execute(request: SubgraphRequest): Promise<ExecutionResult> {
    const tried: HttpSubgraph[] = []
    for (;;) {
      const member = choose(tried)
      tried.push(member)
      try {
        return await member.execute(request)
      } catch (error) {
        if (tried.length >= MAX_ATTEMPTS || !mayGoOn(error, request)) throw error
      }
    }
  }

  /** The best of those that were not tried; of all, when all were. */
  function choose(tried: readonly HttpSubgraph[]): HttpSubgraph {
    turn++
    let best: HttpSubgraph | undefined
    let bestRank = Infinity
    for (let i = 0; i < members.length; i++) {
      const member = members[(turn + i) % members.length]
      if (!member) continue
      const rank = rankOf(member.state) + (tried.includes(member) ? TRIED : 0)
      if (rank >= bestRank) continue
      best = member
      bestRank = rank
    }
    return best as HttpSubgraph
  }
}

/** Each worse than any number of calls, and than those before. */
const [STOPPING, BROKEN, TRIED] = [1e6, 2e6, 4e6]

/** One that is being probed gets no second call meanwhile. */
function rankOf({ circuit, isStopping, runningCalls, queuedCalls }: HttpSubgraphState): number {
  const isBroken = circuit === 'open' || (circuit === 'half-open' && runningCalls > 0)
  return (isBroken ? BROKEN : 0) + (isStopping ? STOPPING : 0) + runningCalls + queuedCalls
}

function mayGoOn(error: unknown, { document, deadlineAt, signal, context }: SubgraphRequest): boolean {
  if (!(error instanceof SubgraphUnavailable)) return false
  if (error.progress === 'sent' || (error.progress === 'cut' && !isQuery(document))) return false
  return !(signal ?? context.signal)?.aborted && performance.now() < (deadlineAt ?? Infinity)
}

function joined(states: readonly HttpSubgraphState[]): HttpSubgraphState {
  return {
    circuit: states.some(({ circuit }) => circuit !== 'open') ? 'closed' : 'open',
    runningCalls: states.reduce((sum, state) => sum + state.runningCalls, 0),
    queuedCalls: states.reduce((sum, state) => sum + state.queuedCalls, 0),
    isStopping: states.every(({ isStopping }) => isStopping),
  }
}
