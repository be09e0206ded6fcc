import type { Event } from '../core/events/event.ts'
import type { IdentityKey } from '../core/identity/identity-key.ts'
import { DEFAULT_IDENTITY_RULES, type IdentityRules } from '../core/identity/rules.ts'
import type { UndoMerge } from '../core/identity/undo-merge.ts'
import { createRulesFor, type NormaliseSettings } from '../core/normalise/rules.ts'
import { FOLD_VERSION } from '../core/profile/fold-version.ts'
import { STATE_LIMITS } from '../core/profile/limits.ts'
import type { ProfileState, StateLimits } from '../core/profile/profile.ts'
import { foldEvents } from '../core/profile/state.ts'
import { createTrailLog } from '../core/profile/trail-log.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import { systemSleep, type Sleep } from '../platform/sleep.ts'
import type { Storage } from '../storage/ports.ts'
import type { Change, ChangeFeed } from '../stream/ports.ts'
import { createAccept, type Accept } from './accept.ts'
import { createBacklog } from './backlog.ts'
import { createCatalogue, type Catalogue } from './catalogue.ts'
import { createFold } from './fold.ts'
import { createIdentityLog } from './identity/identity-log.ts'
import { createUndoMerge } from './identity/undo-merge.ts'
import { createMaterialise } from './materialise.ts'
import { createMaterialiseEach } from './materialise-each.ts'
import { measuredSteps } from './measured-steps.ts'
import { createPathMetrics, type PathMetrics } from './metrics.ts'
import { createRebuild } from './rebuild.ts'
import { createRelay, type Outbox } from './relay.ts'
import { createReplay, type Replay } from './replay.ts'
import { createRetain, type Retain } from './retain.ts'
import { createRetainSchedule } from './retain-schedule.ts'
import { createSweep } from './sweep.ts'
import { HandedOn } from './worker/handed-on.ts'
import { createWorkerElsewhere } from './worker/worker-elsewhere.ts'
import type { WorkerShare } from './worker/worker-share.ts'
import { createWorker, type Work, type Worker } from './worker/worker.ts'

export interface EventPathOptions {
  storage: Storage
  feed: ChangeFeed
  clock: Clock
  log: Log
  /** ISO 4217 code of amounts that come without one. */
  currency: string
  identityRules?: IdentityRules
  /** How the values of events are normalised: the country of phone numbers, and tables by source. */
  normalise?: NormaliseSettings
  /** An event that happened longer before its arrival is marked late; none is when absent. */
  lateAfterMs?: number
  /** Acknowledged events that may wait to be folded: beyond it no more are accepted. */
  maxPendingEvents?: number
  /** Whether there is a destination that is told of changes. */
  isPublishing?: boolean
  pollMs?: number
  /** Of the worker: how much one step takes. */
  step?: number
  sleep?: Sleep
  /** Called when there is work, so that other processes that carry it on need not wait for their next poll. */
  onWork?: (work: Work) => void
  /** What of the work is this process's now, where several share it. */
  share?: () => WorkerShare
  /** Whether this process carries events on itself; else others do, which share the store. */
  isWorking?: boolean
  /** How events are put into a state, with the version of that: so that two versions can run side by side. */
  foldCode?: FoldCode
  /** Whether trails of a newer fold are folded anew: not while somebody has that fold, nor by default. */
  mayFoldBack?: () => boolean
  /** Events that happened longer ago are deleted, once an hour; none is when absent. */
  retainMs?: number
  /** How long any event is kept after its arrival; a week by default. */
  keptAfterArrivalMs?: number
  /** How much a state keeps one by one, of a trail as of a profile. */
  stateLimits?: StateLimits
}

/** By its id; nothing else of the document waits with it. */
function outboxOf({ id, mergedInto = null, outbox }: Outbox): [id: string, outbox: Outbox] {
  return [id, { id, mergedInto, outbox }]
}

/** People whose trails were folded and who wait to be materialised: at so many the fold waits. */
const MAX_FOLDED = 1_000

export interface FoldCode {
  version: number
  apply: (state: ProfileState, events: readonly Event[]) => ProfileState
}

/** The way of an event, from acceptance to the feed. */
export interface EventPath extends AsyncDisposable {
  accept: Accept
  catalogue: Catalogue
  /** Of this process, or one that stands for those of other processes. */
  worker: Worker
  undoMerge: UndoMerge
  replay: Replay
  retain: Retain
  metrics: PathMetrics
}

export function createEventPath(options: EventPathOptions): EventPath {
  const { storage, feed, clock, log, currency, isPublishing = false, sleep = systemSleep } = options
  const { isWorking = true, onWork } = options
  const { events, trails, profiles, identities, products } = storage
  const limits = options.stateLimits ?? STATE_LIMITS
  const trailLog = createTrailLog(storage, currency)
  const metrics = createPathMetrics({ storage, clock })
  const measured = measuredSteps(metrics)
  const relay = measured.relay(createRelay({ profiles, products, feed, clock }))
  /** Where nobody relays, those who do are to find it. */
  const tellOf = (entity: Change['entity']): { onWritten?: (outboxes: readonly Outbox[]) => void } =>
    isWorking ? { onWritten: (documents) => relay.written[entity].put(documents.map(outboxOf)) } : {}
  const catalogue = createCatalogue({ products, clock, ...tellOf('Product') })
  const materialise = measured.materialise(
    createMaterialise({
      profiles,
      trails,
      identities,
      clock,
      trailLog,
      limits,
      isPublishing,
      ...tellOf('Profile'),
    }),
  )
  const materialiseEach = createMaterialiseEach({ materialise, clock, log })
  const { apply, version: foldVersion } = options.foldCode ?? {
    version: FOLD_VERSION,
    apply: (state, list) => foldEvents(state, list, { currency, limits }),
  }
  const { mayFoldBack = () => false } = options
  const rebuild = createRebuild({ events, trails, apply, foldVersion, mayFoldBack, trailLog, log })
  const rules = options.identityRules ?? DEFAULT_IDENTITY_RULES
  const identityLog = measured.identityLog(createIdentityLog({ identities, materialise, rules, clock }))
  const folded = new HandedOn<IdentityKey>(MAX_FOLDED)
  const worker = isWorking
    ? createWorker({
        storage,
        folded,
        fold: measured.fold(
          createFold({
            events,
            trails,
            catalogue,
            rebuild,
            trailLog,
            apply,
            foldVersion,
            onFolded: (keys) => folded.put(keys.map((key) => [key, key])),
            mayFoldBack,
            currency,
            clock,
            log,
          }),
        ),
        materialiseEach,
        identityLog,
        sweep: measured.sweep(createSweep({ profiles, materialiseEach, clock })),
        relay,
        clock,
        log,
        sleep,
        ...(options.step === undefined ? {} : { step: options.step }),
        ...(options.pollMs === undefined ? {} : { pollMs: options.pollMs }),
        ...(options.share && { share: options.share }),
      })
    : createWorkerElsewhere({ storage, sleep, onWake: (work) => onWork?.(work) })
  const wake = (work: Work): void => {
    worker.wake(work)
    if (isWorking) onWork?.(work)
  }
  const retain = createRetain({
    storage,
    apply,
    foldVersion,
    trailLog,
    log,
    clock,
    sleep,
    ...(options.keptAfterArrivalMs !== undefined && { keptAfterArrivalMs: options.keptAfterArrivalMs }),
  })
  const schedule =
    options.retainMs === undefined || !isWorking
      ? null
      : createRetainSchedule({ retain, retainMs: options.retainMs, clock, sleep, log })
  return {
    accept: createAccept({
      events,
      clock,
      onStored: () => wake('events'),
      backlog: createBacklog({
        events,
        clock,
        ...(options.maxPendingEvents !== undefined && { maxPendingEvents: options.maxPendingEvents }),
      }),
      rulesFor: createRulesFor(options.normalise ?? { country: null, lookups: {} }),
      metrics,
      ...(options.lateAfterMs !== undefined && { lateAfterMs: options.lateAfterMs }),
    }),
    catalogue: {
      async upsert(patches) {
        await catalogue.upsert(patches)
        wake('anything')
      },
    },
    worker,
    metrics,
    undoMerge: createUndoMerge({
      identities,
      profiles,
      identityLog,
      clock,
      onUndone: () => wake('anything'),
    }),
    replay: createReplay({ storage, rebuild, clock, sleep, wake: () => wake('anything') }),
    retain,
    async [Symbol.asyncDispose]() {
      await schedule?.[Symbol.asyncDispose]()
      await worker[Symbol.asyncDispose]()
    },
  }
}
