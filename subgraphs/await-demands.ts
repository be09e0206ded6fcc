import { formatDemand, type Demand, type Held } from '../core/freshness/demand.ts'
import { MonogramError } from '../core/errors.ts'
import type { RequestContext } from '../core/access/request-context.ts'
import type { Standing, StandingLoader } from '../loaders/standing-loader.ts'
import type { ChangeFeed, FeedMessage } from '../stream/ports.ts'

/**
 * Waits until the store shows what the request demands, and resolves at the latest in time to answer it still: with
 * what was not reached. Asked again for the same request it gives the same. Rejects with RECEIPT_UNKNOWN.
 */
export type AwaitDemands = (context: RequestContext) => Promise<readonly Held[]>

export interface AwaitDemandsOptions {
  standings: StandingLoader
  feed: ChangeFeed
  /** Demands that are waited for at the same time, over all requests: one more is looked at once and not waited for. */
  maxWaiting?: number
  /** The feed tells of what readers can see; a look now and then finds the rest, and what the feed has lost. */
  firstLookMs?: number
  maxLookMs?: number
}

/** For a request that has no deadline. */
const DEFAULT_WAIT_MS = 5_000
/** Of the time that is left, kept for the answer itself. */
const RESERVE_SHARE = 0.25
const MIN_RESERVE_MS = 10
const MAX_RESERVE_MS = 250

/** Woken by the change feed; what is true is read from the store alone, so it holds across processes. */
export function createAwaitDemands({
  standings,
  feed,
  maxWaiting = 2_000,
  firstLookMs = 5,
  maxLookMs = 100,
}: AwaitDemandsOptions): AwaitDemands {
  const outcomes = new WeakMap<RequestContext, Promise<readonly Held[]>>()
  let waiting = 0

  return (context) => {
    const present = outcomes.get(context)
    if (present) return present
    const outcome = awaitAll(context)
    outcomes.set(context, outcome)
    return outcome
  }

  async function awaitAll({ after = [], deadlineAt, signal }: RequestContext): Promise<readonly Held[]> {
    const now = performance.now()
    const until = deadlineAt === undefined ? now + DEFAULT_WAIT_MS : deadlineAt - reserveOf(deadlineAt - now)
    const ended = new AbortController()
    const timer = setTimeout(() => ended.abort(), Math.max(0, until - now))
    const end = (): void => ended.abort()
    signal?.addEventListener('abort', end, { once: true })
    try {
      const held = await Promise.all(after.map((demand) => awaitOne(demand, ended.signal)))
      return held.flatMap((each) => each ?? [])
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      ended.abort()
    }
  }

  /** Null once it is met. */
  async function awaitOne(demand: Demand, ended: AbortSignal): Promise<Held | null> {
    let standing = await look(demand)
    if (standing.isMet || waiting >= maxWaiting) return heldOf(demand, standing)
    waiting++
    const bell = createBell()
    let changes = follow(standing.id, bell, ended)
    try {
      for (let lookMs = firstLookMs; ; lookMs = Math.min(lookMs * 2, maxLookMs)) {
        // After the subscription has begun, so that no change falls between the look and the wait.
        const before = standing.id
        standing = await look(demand)
        if (standing.isMet || ended.aborted) return heldOf(demand, standing)
        if (standing.id !== before) {
          void changes.return?.()
          changes = follow(standing.id, bell, ended)
        }
        await bell.wait(lookMs, ended)
      }
    } finally {
      void changes.return?.()
      waiting--
    }
  }

  async function look(demand: Demand): Promise<Extract<Standing, { kind: 'held' }>> {
    const standing = await standings.load(demand)
    if (standing.kind === 'held') return standing
    throw new MonogramError(
      'RECEIPT_UNKNOWN',
      `${formatDemand(demand)}: no event in the log has this receipt; it is of another deployment, or retention has removed the event`,
    )
  }

  /** Rings for each change of the profile, until it is returned from or the wait has ended. */
  function follow(id: string, bell: Bell, ended: AbortSignal): AsyncIterableIterator<FeedMessage> {
    const changes = feed.subscribe({ entity: 'Profile', id, maxQueued: 1, signal: ended })
    const ringForEach = async (): Promise<void> => {
      for await (const _ of changes) bell.ring()
    }
    // A feed that ends or fails rings no more: the looks go on.
    ringForEach().catch(() => undefined)
    return changes
  }
}

interface Bell {
  ring(): void
  /** Until it rings, or has rung since the last wait; at most `ms`, or until the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>
}

function createBell(): Bell {
  let hasRung = false
  let wake: () => void = () => undefined
  return {
    ring() {
      hasRung = true
      wake()
    },
    async wait(ms, signal) {
      if (!hasRung && !signal.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(end, ms)
          signal.addEventListener('abort', end)
          wake = end
          function end(): void {
            clearTimeout(timer)
            signal.removeEventListener('abort', end)
            resolve()
          }
        })
      }
      hasRung = false
    },
  }
}

function heldOf(demand: Demand, { isMet, id, version }: Extract<Standing, { kind: 'held' }>): Held | null {
  return isMet ? null : { after: formatDemand(demand), id, version }
}

function reserveOf(leftMs: number): number {
  return Math.min(Math.max(leftMs * RESERVE_SHARE, MIN_RESERVE_MS), MAX_RESERVE_MS)
}
