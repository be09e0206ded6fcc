import { homeProfile, type IdentityKey } from '../../core/identity/identity-key.ts'
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
import { atOnce } from './at-once.ts'
import type { HandedOn } from './handed-on.ts'
import { createLane, type LaneStep } from './lane.ts'
import { SharePages, withWholeShares } from './share-pages.ts'
import { WHOLE_SHARE, type WorkerShare } from './worker-share.ts'

export interface WorkerOptions {
  storage: Storage
  fold: Fold
  /** Whose trails the fold has written. */
  folded: HandedOn<IdentityKey>
  materialiseEach: MaterialiseEach
  identityLog: IdentityLog
  sweep: Sweep
  relay: Relay
  clock: Clock
  log: Log
  sleep?: Sleep
  /**
   * How many trails, links, pairs, profiles or outboxes one call of the store takes; 200 by default. Where events are
   * accepted in the same process, their acknowledgements wait behind a call.
   */
  step?: number
  /** How long it sleeps when there is nothing to do and nobody wakes it. */
  pollMs?: number
  /** What of the work is this worker's now, where several share it; everything when absent. */
  share?: () => WorkerShare
}

/** What there is to do: events that were stored, or who knows what. */
export type Work = 'events' | 'anything'

export interface Worker extends AsyncDisposable {
  /** Says that there is work: returns at once. */
  wake(work: Work): void
  /** Resolves when everything acknowledged before the call is folded, linked, materialised and relayed. */
  settled(): Promise<void>
}

const STEP = 200
/** Calls for as many trails, or profiles, that a step makes at once. */
const AT_ONCE = 2
const MAX_BACKOFF_MS = 5_000
const MAX_RELAY_BACKOFF_MS = 1_000

/**
 * Carries events from the log into profiles and the feed. Each kind of work has a lane of its own, so that one computes while
 * another one waits for the store; each hands on what it did, so that nothing need be looked for. It may die at any point:
 * the next one looks, and goes on from the store.
 */
export function createWorker(options: WorkerOptions): Worker {
  const { storage, fold, folded, materialiseEach, identityLog, sweep, relay, clock, log } = options
  const { step = STEP, pollMs = 250, sleep = systemSleep, share: shareNow = () => WHOLE_SHARE } = options

  /** Whether somebody who tells nothing himself may have written what is to be told. */
  let isAnything = false
  const folding = lane('folding', foldSome())
  const linking = lane('linking', linkSome())
  const writing = lane('materialising', writeSome())
  const telling = createLane({
    step: relaySome(),
    clock,
    sleep,
    pollMs,
    maxBackoffMs: MAX_RELAY_BACKOFF_MS,
    onFailure(error, failures) {
      if (failures === 1) log.warn({ err: error }, 'changes cannot be told now; trying again')
    },
  })
  folded.onPut = writing.wake
  for (const written of Object.values(relay.written)) written.onPut = telling.wake
  // In the order in which work moves on.
  const lanes = [folding, linking, writing, telling]

  return {
    wake(work) {
      folding.wake()
      linking.wake()
      if (work === 'events') return
      linking.look()
      writing.look()
      isAnything = true
      telling.look()
    },
    async settled() {
      // What one lane began before the first time is handed on by the second.
      for (let i = 0; i < 2; i++) for (const each of lanes) await each.idle()
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(lanes.map((each) => each[Symbol.asyncDispose]()))
    },
  }

  function lane(work: string, doSome: (looks: boolean) => Promise<LaneStep>): ReturnType<typeof createLane> {
    return createLane({
      step: doSome,
      clock,
      sleep,
      pollMs,
      maxBackoffMs: MAX_BACKOFF_MS,
      onFailure: (error, failures) =>
        log.error({ err: error, work, failures }, 'a step of the worker failed; it is tried again'),
    })
  }

  function foldSome(): () => Promise<LaneStep> {
    const share = withWholeShares(shareNow, clock)
    const pages = new SharePages(AT_ONCE * step)
    return async () => {
      // Profiles are not to lag ever further behind their trails.
      if (folded.isFull) return { ...NOTHING, waitMs: pollMs }
      const { items: trails, isLast } = await pages.next(
        share(),
        (after, limit) => storage.events.findPendingTrails(after, limit),
        (id) => id,
      )
      if (trails.length === 0) return { ...NOTHING, worked: !isLast }
      const folds = await atOnce(trails, step, (part) => fold.foldTrails(part))
      const waits = folds.flatMap(({ retryAt, newer }) => [
        ...(newer > 0 ? [pollMs] : []),
        ...(retryAt === null ? [] : [Math.max(1, retryAt - clock())]),
      ])
      return {
        worked: folds.some(({ busy }) => busy) || !isLast,
        looksOn: false,
        waitMs: waits.length > 0 ? Math.min(...waits) : null,
      }
    }
  }

  /** Few events name a pair that is new: the identity log is read when one did, and when it is time to look. */
  function linkSome(): (looks: boolean) => Promise<LaneStep> {
    const share = withWholeShares(shareNow, clock)
    return async (looks) => {
      const own = looks ? share() : shareNow()
      if (!own.does('link')) return NOTHING
      const linked = await recordLinks(storage.events, storage.identities, step)
      if (linked === 0 && !looks) return NOTHING
      const { decided, finished } = await identityLog.step(step)
      const found = decided > 0 || finished
      return { worked: linked > 0 || found, looksOn: found, waitMs: null }
    }
  }

  function writeSome(): (looks: boolean) => Promise<LaneStep> {
    const share = withWholeShares(shareNow, clock)
    const pages = new SharePages(step)
    return async (looks) => {
      const handed = folded.take(AT_ONCE * step)
      if (handed.length > 0) {
        folding.wake()
        await materialiseThoseOf(handed.map(([, identity]) => identity))
      }
      if (!looks) return { ...NOTHING, worked: handed.length > 0 }
      const own = share()
      const { items: dirty, isLast } = await pages.next(
        own,
        (after, limit) => storage.trails.findDirty(after, limit),
        ({ id }) => id,
      )
      const left = dirty.map(({ identity }) => identity).filter((identity) => !folded.has(identity))
      const tried = await materialiseThoseOf(left)
      const swept = own.does('sweep') ? await sweep.sweep(step) : 0
      const worked = handed.length + tried + swept > 0 || !isLast
      return { worked, looksOn: swept > 0 || !isLast, waitMs: null }
    }
  }

  async function materialiseThoseOf(identities: readonly IdentityKey[]): Promise<number> {
    if (identities.length === 0) return 0
    const rows = await storage.identities.rows([...new Set(identities)])
    const ids = identities.map((identity) => rows.get(identity)?.profileId ?? homeProfile(identity))
    const tried = await atOnce([...new Set(ids)], step, materialiseEach)
    return tried.reduce((sum, count) => sum + count, 0)
  }

  /** A feed that cannot be reached holds up nothing but what is to be told. */
  function relaySome(): (looks: boolean) => Promise<LaneStep> {
    const share = withWholeShares(shareNow, clock)
    return async (looks) => {
      const carried = await relay.carryWritten(step)
      if (!looks || !share().does('relay')) return { ...NOTHING, worked: carried > 0 }
      const isAll = isAnything
      isAnything = false
      const found = await relay.carryFound(step, { isAll })
      return { worked: carried + found > 0, looksOn: found >= step, waitMs: null }
    }
  }
}

const NOTHING: LaneStep = { worked: false, looksOn: false, waitMs: null }
