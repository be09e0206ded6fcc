import type { Event, TrailId } from '../core/events/event.ts'
import type { IdentityKey } from '../core/identity/identity-key.ts'
import type { ProductPatch } from '../core/products/product.ts'
import { productPatches } from '../core/products/product-state.ts'
import type { ProfileState } from '../core/profile/profile.ts'
import type { TrailLog } from '../core/profile/trail-log.ts'
import type { Clock } from '../platform/clock.ts'
import { allEnded } from '../platform/all-ended.ts'
import type { Log } from '../platform/log.ts'
import type { AppliedEntry, EventStore, PendingEvent, TrailDocument, TrailStore } from '../storage/ports.ts'
import type { Catalogue } from './catalogue.ts'
import { createFailedEvents } from './failed-events.ts'
import { markOf, MAX_EVENTS_PER_WRITE, planStep, type Step } from './fold-step.ts'
import type { Rebuild } from './rebuild.ts'
import { recallSettled } from './recall.ts'

export interface FoldOptions {
  events: EventStore
  trails: TrailStore
  catalogue: Catalogue
  rebuild: Rebuild
  /** Where purchases are found that a trail keeps no more one by one. */
  trailLog: TrailLog
  /** ISO 4217 code of amounts that come without one. */
  currency: string
  clock: Clock
  log: Log
  /** How events are put into a state, and the version of that. */
  apply: (state: ProfileState, events: readonly Event[]) => ProfileState
  foldVersion: number
  /** Told whose trails were written, as soon as they are. */
  onFolded?: (identities: readonly IdentityKey[]) => void
  /** Whether a trail that a newer fold made is folded anew by this one: nobody has the newer any more. */
  mayFoldBack?: () => boolean
}

export interface FoldProgress {
  /** How many events were applied. */
  applied: number
  /** Whether anything was done, so that more may be. */
  busy: boolean
  /** When the first of the events that could not be applied is tried again; null when none waits. */
  retryAt: number | null
  /** Trails that a newer fold made: their events wait for a worker that has it. */
  newer: number
}

export interface Fold {
  /**
   * Applies pending events of these trails, each exactly once whatever dies or overtakes in between. A trail that
   * another worker wrote meanwhile keeps its events pending for the next call. An event that cannot be applied is
   * tried again a few times, then parked; the others go on. A trail of another fold is folded anew first, one of a newer
   * where that is allowed.
   */
  foldTrails(ids: readonly TrailId[]): Promise<FoldProgress>
}

/** Trails remembered as not to be folded anew, so that it is not tried with each of their events. */
const MAX_UNBUILDABLE = 1_000

export function createFold(options: FoldOptions): Fold {
  const {
    events,
    trails,
    catalogue,
    rebuild,
    trailLog,
    currency,
    clock,
    log,
    apply,
    foldVersion,
    onFolded,
    mayFoldBack = () => false,
  } = options
  const failedEvents = createFailedEvents()
  const unbuildable = new Set<TrailId>()

  return {
    async foldTrails(ids) {
      // The trail is read before the rows: a row that is still pending then, and not among the entries, is not in it.
      const found = await trails.get(ids)
      const rebuilt = await bringUpToDate(found)
      const stored = rebuilt > 0 ? await trails.get(ids) : found
      const newer = new Set(
        [...stored.values()].filter((t) => t.foldVersion > foldVersion).map(({ id }) => id),
      )
      const pending = await events.readPending(
        ids.filter((id) => !newer.has(id)),
        MAX_EVENTS_PER_WRITE,
      )
      const steps = [...pending].flatMap(([id, rows]) =>
        rows.length > 0 ? [planStep(stored.get(id), rows, foldVersion)] : [],
      )

      // Entries leave the trail only after their rows are marked.
      const overdue = steps.flatMap((step) => step.markFirst)
      if (overdue.length > 0) {
        await catalogue.upsert(steps.flatMap((step) => step.found.flatMap(patchesOf)))
        await events.mark(overdue)
      }

      const states = await recall(steps)
      const now = clock()
      let retryAt: number | null = null
      const writes: Write[] = []
      for (const [i, step] of steps.entries()) {
        const { write, retriesAt } = applyStep(step, states[i] ?? step.trail.state, now)
        if (write) writes.push(write)
        for (const at of retriesAt) retryAt = Math.min(retryAt ?? at, at)
      }
      const busy = rebuilt > 0 || overdue.length > 0 || writes.length > 0
      if (writes.length === 0) return { applied: 0, busy, retryAt, newer: newer.size }
      // What events say of products is true whoever folds them; it is told before their rows are marked.
      const [done] = await allEnded([put(writes), catalogue.upsert(writes.flatMap(({ patches }) => patches))])
      await events.mark(done.flatMap((write) => write.trail.applied.map(markOf)))
      for (const row of done.flatMap((write) => write.settled)) failedEvents.forget(row)
      const applied = done.reduce((sum, write) => sum + write.applied, 0)
      return { applied, busy, retryAt, newer: newer.size }
    },
  }

  /** Those that nobody else wrote in between. */
  async function put(writes: readonly Write[]): Promise<Write[]> {
    const written = await trails.put(writes.map(({ trail }) => trail))
    const done = writes.filter((_, i) => written[i])
    onFolded?.(done.map(({ trail }) => trail.identity))
    return done
  }

  /** Folds anew the trails of another fold. One of an older that cannot be goes on under the version that it has. */
  async function bringUpToDate(found: ReadonlyMap<TrailId, TrailDocument>): Promise<number> {
    const outdated = [...found.values()]
      .filter((trail) => isOutdated(trail.foldVersion) && !unbuildable.has(trail.id))
      .map(({ id }) => id)
    if (outdated.length === 0) return 0
    let rebuilt = 0
    for (const [id, outcome] of await rebuild(outdated)) {
      if (outcome === 'failed' && unbuildable.size < MAX_UNBUILDABLE) unbuildable.add(id)
      if (outcome === 'rebuilt') rebuilt++
    }
    return rebuilt
  }

  function isOutdated(version: number): boolean {
    return version < foldVersion || (version > foldVersion && mayFoldBack())
  }

  /** All that the trails hold is marked by now. What another worker adds meanwhile lets the write fail. */
  function recall(steps: readonly Step[]): Promise<ProfileState[]> {
    return recallSettled(
      steps.map(({ trail: { id, version, state }, todo }) => {
        const pending = todo.map(({ event }) => event)
        return { trail: id, state, events: pending, held: [{ version, before: null }], except: [] }
      }),
      trailLog,
    )
  }

  /** Products are told of again when it is not known whether they were; what cannot be told is in the log. */
  function patchesOf({ event }: PendingEvent): ProductPatch[] {
    try {
      return productPatches(event, { currency })
    } catch (error) {
      log.error({ err: error, event: event.key }, 'the products of an event cannot be read')
      return []
    }
  }

  function applyStep(
    { trail, todo }: Step,
    recalled: ProfileState,
    now: number,
  ): { write: Write | null; retriesAt: number[] } {
    const due = todo.filter((row) => failedEvents.waitsUntil(row, now) === null)
    const { state, applied, parked } = applyRows(recalled, due, now)
    const retriesAt = todo.flatMap((row) => failedEvents.waitsUntil(row, now) ?? [])
    const settled = [...applied, ...parked.keys()]
    if (settled.length === 0) return { write: null, retriesAt }

    const version = trail.version + 1
    const entries = settled.map((row): AppliedEntry => {
      const error = parked.get(row)
      const { event, attempt } = row
      return {
        key: event.key,
        attempt,
        version,
        ...(error === undefined ? {} : { parked: error, foldVersion }),
      }
    })
    return {
      write: {
        trail: { ...trail, version, state, applied: entries, dirty: true },
        patches: applied.flatMap(patchesOf),
        applied: applied.length,
        settled,
      },
      retriesAt,
    }
  }

  /** All together, or, when one of them cannot be applied, all that can be applied by themselves. */
  function applyRows(
    state: ProfileState,
    rows: readonly PendingEvent[],
    now: number,
  ): { state: ProfileState; applied: PendingEvent[]; parked: Map<PendingEvent, string> } {
    const parked = new Map<PendingEvent, string>()
    if (rows.length === 0) return { state: applyAll(state, rows), applied: [], parked }
    try {
      return { state: applyAll(state, rows), applied: [...rows], parked }
    } catch {
      // Each is tried on the same state: what is settled by one of them could not be recalled for the next.
      const able = rows.filter((row) => isAble(state, [row], now, parked))
      const applied = isAble(state, able, now, parked) ? able : []
      return { state: applyAll(state, applied), applied, parked }
    }
  }

  function applyAll(state: ProfileState, rows: readonly PendingEvent[]): ProfileState {
    return apply(
      state,
      rows.map(({ event }) => event),
    )
  }

  /** Whether these can be applied; otherwise each is tried again later or, after its tries, parked. */
  function isAble(
    state: ProfileState,
    rows: readonly PendingEvent[],
    now: number,
    parked: Map<PendingEvent, string>,
  ): boolean {
    try {
      applyAll(state, rows)
      return true
    } catch (error) {
      for (const row of rows) {
        if (failedEvents.fail(row, now) === 'retry') continue
        const { key, trailId } = row.event
        log.error({ err: error, event: key, trail: trailId }, 'event parked: the fold failed on it')
        parked.set(row, error instanceof Error ? error.message : String(error))
      }
      return false
    }
  }
}

interface Write {
  trail: TrailDocument
  patches: ProductPatch[]
  applied: number
  /** Rows that the write applies or parks. */
  settled: PendingEvent[]
}
