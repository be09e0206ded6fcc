import type { TrailId } from '../../core/events/event.ts'
import { homeProfile } from '../../core/identity/identity-key.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import { systemSleep, type Sleep } from '../../platform/sleep.ts'
import type { Storage } from '../../storage/ports.ts'
import type { Fold } from '../fold.ts'
import type { IdentityLog } from '../identity/identity-log.ts'
import { recordLinks } from '../identity/record-links.ts'
import type { MaterialiseEach } from '../materialise-each.ts'
import type { Relay } from '../relay.ts'
import type { Sweep } from '../sweep.ts'
import { WHOLE_SHARE, type WorkerShare } from './worker-share.ts'

export interface WorkerOptions {
  storage: Storage
  fold: Fold
  materialiseEach: MaterialiseEach
  identityLog: IdentityLog
  sweep: Sweep
  relay: Relay
  clock: Clock
  log: Log
  sleep?: Sleep
  /**
   * How many trails, links, pairs, profiles or outboxes one step takes; 200 by default. Where events are accepted in the
   * same process, their acknowledgements wait behind a step.
   */
  step?: number
  /** How long it sleeps when there is nothing to do and nobody wakes it. */
  pollMs?: number
  /** What of the work is this worker's now, where several share it; everything when absent. */
  share?: () => WorkerShare
  /** Called when what this worker has done is for another to tell. */
  onHandOver?: () => void
}

export interface Worker extends AsyncDisposable {
  /** Says that there is work: returns at once. */
  wake(): void
  /** Resolves when everything acknowledged before the call is folded, linked, materialised and relayed. */
  settled(): Promise<void>
}

const STEP = 200
const MAX_BACKOFF_MS = 5_000
const MAX_RELAY_BACKOFF_MS = 1_000
/** How often a worker looks at all the work: what nobody holds for his is not left lying. */
const WHOLE_ROUND_EVERY_MS = 5_000

/** Carries events from the log into profiles and the feed. It may die at any point: the next one goes on from the store. */
export function createWorker(options: WorkerOptions): Worker {
  const { storage, fold, materialiseEach, identityLog, sweep, relay, clock, log, pollMs = 250 } = options
  const { step = STEP } = options
  const { sleep: pause = systemSleep, share: shareNow = () => WHOLE_SHARE } = options
  const stopping = new AbortController()
  let sleeping = new AbortController()
  let woken = false
  let waiting: { resolve: () => void; rounds: number }[] = []
  let lastTrail: TrailId | null = null
  let lastDirty: TrailId | null = null
  let relayFailures = 0
  let relayAgainAt = -Infinity
  let share = WHOLE_SHARE
  let wholeRoundAt = clock()

  const running = run()

  return {
    wake,
    settled() {
      wake()
      // A round that is under way may have read before the call: two whole idle rounds from now are needed.
      return new Promise((resolve) => waiting.push({ resolve, rounds: 2 }))
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      sleeping.abort()
      await running
      for (const { resolve } of waiting.splice(0)) resolve()
    },
  }

  function wake(): void {
    woken = true
    sleeping.abort()
  }

  async function run(): Promise<void> {
    let failures = 0
    while (!stopping.signal.aborted) {
      woken = false
      try {
        const { busy, waitMs } = await round()
        failures = 0
        if (busy) await pause(0)
        else if (waitMs !== null) await sleep(Math.min(waitMs, pollMs))
        else if (!settle()) await sleep(pollMs)
      } catch (error) {
        failures++
        log.error({ err: error, failures }, 'a round of the worker failed; it is tried again')
        await sleep(Math.min(MAX_BACKOFF_MS, 50 * 2 ** Math.min(failures, 10)), false)
      }
    }
  }

  /**
   * One step of each kind, all of them at once: while the store writes for one, another one reads and computes, and what
   * they write is committed together. `busy` when any of them found work; else, while events wait that cannot be folded
   * now, for how long to wait for them.
   */
  async function round(): Promise<{ busy: boolean; waitMs: number | null }> {
    takeShare()
    const [folded, linked, written, relayed] = await allSteps([
      foldSome(),
      linkSome(),
      writeSome(),
      relaySome(),
    ])
    if (!share.does('relay') && (written || linked.decided)) options.onHandOver?.()
    const worked = linked.worked || written || relayed.count > 0
    const waits = [folded.waitMs, relayed.waitMs].filter((ms) => ms !== null)
    return { busy: folded.busy || worked, waitMs: waits.length > 0 ? Math.min(...waits) : null }
  }

  async function linkSome(): Promise<{ worked: boolean; decided: boolean }> {
    const linked = share.does('link') ? await recordLinks(storage.events, storage.identities, step) : 0
    const { decided, finished } = share.does('identity') ? await identityLog.step(step) : NOTHING_DECIDED
    return { worked: linked > 0 || decided > 0 || finished, decided: decided > 0 }
  }

  async function writeSome(): Promise<boolean> {
    const materialised = await materialiseSome()
    const swept = share.does('sweep') ? await sweep.sweep(step) : 0
    return materialised || swept > 0
  }

  /** A feed that cannot be reached holds up nothing but what is to be told. */
  async function relaySome(): Promise<{ count: number; waitMs: number | null }> {
    if (!share.does('relay')) return NOTHING_RELAYED
    if (relayAgainAt > clock()) return { count: 0, waitMs: relayAgainAt - clock() }
    try {
      const count = await relay.relay(step)
      relayFailures = 0
      return { count, waitMs: null }
    } catch (error) {
      if (relayFailures === 0) log.warn({ err: error }, 'changes cannot be told now; trying again')
      relayFailures++
      const waitMs = Math.min(MAX_RELAY_BACKOFF_MS, 50 * 2 ** Math.min(relayFailures, 10))
      relayAgainAt = clock() + waitMs
      return { count: 0, waitMs }
    }
  }

  function takeShare(): void {
    const isWhole = clock() - wholeRoundAt >= WHOLE_ROUND_EVERY_MS
    if (isWhole) wholeRoundAt = clock()
    const next = isWhole ? WHOLE_SHARE : shareNow()
    if (next === share) return
    share = next
    lastTrail = null
    lastDirty = null
  }

  /** Those of a page that are below the share's end, and where the next page begins; null when there is none. */
  function withinShare<T>(
    page: readonly T[],
    idOf: (item: T) => TrailId,
  ): { own: readonly T[]; next: TrailId | null } {
    const { below } = share
    const own = below === null ? page : page.filter((item) => idOf(item) < below)
    const last = own.at(-1)
    return { own, next: own.length < step || last === undefined ? null : idOf(last) }
  }

  /** Goes round all trails with work, so that busy ones cannot keep others waiting. */
  async function foldSome(): Promise<{ busy: boolean; waitMs: number | null }> {
    const page = await storage.events.findPendingTrails(lastTrail ?? share.after, step)
    const { own: trails, next } = withinShare(page, (id) => id)
    const wrapped = trails.length === 0 && lastTrail !== null
    lastTrail = next
    if (trails.length === 0) return { busy: wrapped, waitMs: null }
    const { busy, retryAt, newer } = await fold.foldTrails(trails)
    const waits = newer > 0 ? [pollMs] : []
    if (retryAt !== null) waits.push(Math.max(1, retryAt - clock()))
    return { busy: busy || lastTrail !== null, waitMs: waits.length > 0 ? Math.min(...waits) : null }
  }

  async function materialiseSome(): Promise<boolean> {
    const page = await storage.trails.findDirty(lastDirty ?? share.after, step)
    const { own: dirty, next } = withinShare(page, ({ id }) => id)
    const wrapped = dirty.length === 0 && lastDirty !== null
    lastDirty = next
    if (dirty.length === 0) return wrapped
    const rows = await storage.identities.rows([...new Set(dirty.map((trail) => trail.identity))])
    const tried = await materialiseEach(
      dirty.map((trail) => rows.get(trail.identity)?.profileId ?? homeProfile(trail.identity)),
    )
    return tried > 0 || wrapped
  }

  /** After an idle round: true when somebody waits for another one. */
  function settle(): boolean {
    for (const waiter of waiting) waiter.rounds--
    for (const { resolve } of waiting.filter(({ rounds }) => rounds <= 0)) resolve()
    waiting = waiting.filter(({ rounds }) => rounds > 0)
    return waiting.length > 0
  }

  async function sleep(ms: number, wakeable = true): Promise<void> {
    if (stopping.signal.aborted || (wakeable && woken)) return
    sleeping = new AbortController()
    const signal = wakeable ? sleeping.signal : stopping.signal
    await pause(ms, signal)
  }
}

/** Waits for all, also when one fails: no step of a round goes on into the next one. */
async function allSteps<T extends readonly unknown[]>(steps: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  for (const step of await Promise.allSettled(steps)) if (step.status === 'rejected') throw step.reason
  return Promise.all(steps)
}

const NOTHING_DECIDED = { decided: 0, finished: false }
const NOTHING_RELAYED = { count: 0, waitMs: null }
