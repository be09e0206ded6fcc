import type { Event, EventKey, TrailId } from '../core/events/event.ts'
import { sameJson } from '../core/json.ts'
import type { ProfileState } from '../core/profile/profile.ts'
import { emptyState } from '../core/profile/state.ts'
import type { Log } from '../platform/log.ts'
import type { EventPosition, EventStore, TrailDocument, TrailStore } from '../storage/ports.ts'

export interface RebuildOptions {
  events: EventStore
  trails: TrailStore
  /** The fold, and its version. */
  apply: (state: ProfileState, events: readonly Event[]) => ProfileState
  foldVersion: number
  log: Log
}

/**
 * `unchanged`: the log gives the state that is there. `newer`: a newer fold made it, which is left to newer workers.
 * `failed`: an event of it cannot be folded, so the trail stays as it is.
 */
export type RebuildOutcome = 'rebuilt' | 'unchanged' | 'newer' | 'failed'

/**
 * Folds trails anew from the log, each into a shadow that takes the place of its state by compare-and-set. What is
 * folded into a trail meanwhile is put into its shadow too, so readers and folds go on. Unknown trails are left out.
 */
export type Rebuild = (ids: readonly TrailId[]) => Promise<Map<TrailId, RebuildOutcome>>

/** How many of a trail's events are read at a time. */
const PAGE = 200
/** A trail that is written in between costs one more pass over what is new in it. */
const MAX_PASSES = 100

export function createRebuild({ events, trails, apply, foldVersion, log }: RebuildOptions): Rebuild {
  return async (ids) => {
    const outcomes = new Map<TrailId, RebuildOutcome>()
    const shadows = new Map<TrailId, Shadow>(ids.map((id) => [id, { state: emptyState(), version: 0 }]))
    for (let pass = 1; shadows.size > 0; pass++) {
      if (pass > MAX_PASSES) throw new Error(`trails ${[...shadows.keys()].join(', ')} stay contended`)
      for (const [id, outcome] of await swapAll(shadows)) {
        if (outcome) outcomes.set(id, outcome)
        shadows.delete(id)
      }
    }
    return outcomes
  }

  /** One pass; tells the trails that are through, null for those that do not exist. */
  async function swapAll(
    shadows: ReadonlyMap<TrailId, Shadow>,
  ): Promise<Map<TrailId, RebuildOutcome | null>> {
    const through = new Map<TrailId, RebuildOutcome | null>()
    const stored = await trails.get([...shadows.keys()])
    for (const id of shadows.keys()) {
      const trail = stored.get(id)
      if (!trail) through.set(id, null)
      else if (trail.foldVersion > foldVersion) through.set(id, 'newer')
    }
    const open = [...stored.values()].filter(({ id }) => !through.has(id))
    await catchUp(open, shadows, (id) => through.set(id, 'failed'))

    const writes: TrailDocument[] = []
    for (const trail of open) {
      const shadow = shadows.get(trail.id)
      if (!shadow || through.has(trail.id)) continue
      if (trail.foldVersion === foldVersion && sameJson(trail.state, shadow.state)) {
        through.set(trail.id, 'unchanged')
      } else {
        const { state } = shadow
        writes.push({ ...trail, version: trail.version + 1, foldVersion, state, dirty: true })
      }
    }
    const written = writes.length > 0 ? await trails.put(writes) : []
    writes.forEach(({ id }, i) => {
      if (written[i]) through.set(id, 'rebuilt')
    })
    return through
  }

  /**
   * Folds into each shadow what its trail holds and it does not. Rows are read after the trail, so each event of the
   * trail is marked with a version up to the trail's, or is among the applied entries.
   */
  async function catchUp(
    open: readonly TrailDocument[],
    shadows: ReadonlyMap<TrailId, Shadow>,
    onFailed: (id: TrailId) => void,
  ): Promise<void> {
    const failed = new Set<TrailId>()
    const fold = (id: TrailId, read: readonly Event[]): void => {
      const shadow = shadows.get(id)
      if (!shadow || failed.has(id) || read.length === 0) return
      try {
        shadow.state = apply(shadow.state, read)
      } catch (error) {
        log.error({ err: error, trail: id }, 'a trail cannot be folded anew and stays as it is')
        failed.add(id)
        onFailed(id)
      }
    }
    const unmarked = appliedKeys(open, shadows)
    let reading = open.map((trail) => ({ trail, after: null as EventPosition | null }))
    while (reading.length > 0) {
      const queries = reading.map(({ trail: { id }, after }) => {
        return { trail: id, aboveVersion: shadows.get(id)?.version ?? 0, after }
      })
      const pages = await events.readFolded(queries, PAGE)
      reading = reading.flatMap(({ trail }, i) => {
        const page = pages[i] ?? []
        const held = page.filter(({ trailVersion }) => (trailVersion ?? 0) <= trail.version)
        for (const { key } of held) unmarked.delete(key)
        fold(trail.id, held)
        const last = page.at(-1)
        return last && page.length === PAGE ? [{ trail, after: { time: last.time, key: last.key } }] : []
      })
    }
    for (const event of unmarked.size > 0 ? await events.get([...unmarked]) : []) fold(event.trailId, [event])
    for (const { id, version } of open) {
      const shadow = shadows.get(id)
      if (shadow) shadow.version = version
    }
  }
}

/** The events of applied entries that the shadows do not hold: their rows may not be marked yet. */
function appliedKeys(open: readonly TrailDocument[], shadows: ReadonlyMap<TrailId, Shadow>): Set<EventKey> {
  const keys = open.flatMap(({ id, applied }) =>
    applied
      .filter(({ parked, version }) => parked === undefined && version > (shadows.get(id)?.version ?? 0))
      .map(({ key }) => key),
  )
  return new Set(keys)
}

interface Shadow {
  state: ProfileState
  /** It holds what the trail held at this version. */
  version: number
}
