import type { Event, EventKey, TrailId } from '../core/events/event.ts'
import { sameJson } from '../core/json.ts'
import type { ProfileState } from '../core/profile/profile.ts'
import type { Held, TrailLog } from '../core/profile/trail-log.ts'
import { emptyState } from '../core/profile/state.ts'
import type { Log } from '../platform/log.ts'
import type {
  EventPosition,
  EventStore,
  StoredEvent,
  TrailBase,
  TrailDocument,
  TrailStore,
} from '../storage/ports.ts'
import { recallSettled } from './recall.ts'

export interface RebuildOptions {
  events: EventStore
  trails: TrailStore
  /** The fold, and its version. */
  apply: (state: ProfileState, events: readonly Event[]) => ProfileState
  foldVersion: number
  /** Whether trails of a newer fold are folded anew as well. What a newer fold has sealed never is. */
  mayFoldBack?: () => boolean
  /** Where purchases are found that a shadow keeps no more one by one. */
  trailLog: TrailLog
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

export function createRebuild(options: RebuildOptions): Rebuild {
  const { events, trails, apply, foldVersion, mayFoldBack = () => false, trailLog, log } = options
  return async (ids) => {
    const outcomes = new Map<TrailId, RebuildOutcome>()
    const bases = await trails.bases(ids)
    const shadows = new Map<TrailId, Shadow>(ids.map((id) => [id, newShadow(bases.get(id))]))
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
  async function swapAll(shadows: Map<TrailId, Shadow>): Promise<Map<TrailId, RebuildOutcome | null>> {
    const through = new Map<TrailId, RebuildOutcome | null>()
    const stored = await trails.get([...shadows.keys()])
    for (const id of shadows.keys()) {
      const trail = stored.get(id)
      if (!trail) through.set(id, null)
      else if (isNewer(trail, shadowOf(shadows, id))) through.set(id, 'newer')
    }
    const open = [...stored.values()].filter(({ id }) => !through.has(id))
    await catchUp(open, shadows, (id) => through.set(id, 'failed'))
    await beginAnewWhereBasesMoved(open, shadows)

    const writes: TrailDocument[] = []
    for (const trail of open) {
      const shadow = shadowOf(shadows, trail.id)
      if (shadow.version < trail.version || through.has(trail.id)) continue
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

  function isNewer(trail: TrailDocument, { base }: Shadow): boolean {
    return (base?.foldVersion ?? 0) > foldVersion || (trail.foldVersion > foldVersion && !mayFoldBack())
  }

  /** Events may have been deleted while they were read: then a base holds them that is newer than the shadow's. */
  async function beginAnewWhereBasesMoved(
    open: readonly TrailDocument[],
    shadows: Map<TrailId, Shadow>,
  ): Promise<void> {
    const bases = await trails.bases(open.map(({ id }) => id))
    for (const { id } of open) {
      const base = bases.get(id)
      if (base?.rev !== shadowOf(shadows, id).base?.rev) shadows.set(id, newShadow(base))
    }
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
    const unmarked = appliedKeys(open, shadows)
    await leaveOutSealed(unmarked, open, shadows)
    const fold = async (parts: readonly Part[]): Promise<void> => {
      const able = parts.filter(({ trail, read }) => read.length > 0 && !failed.has(trail.id))
      const recalled = await recallSettled(
        able.map(({ trail, read, before }) =>
          recallOf(trail, shadowOf(shadows, trail.id), read, before, unmarked),
        ),
        trailLog,
      )
      able.forEach(({ trail: { id }, read }, i) => {
        const shadow = shadowOf(shadows, id)
        try {
          shadow.state = apply(recalled[i] ?? shadow.state, read)
        } catch (error) {
          log.error({ err: error, trail: id }, 'a trail cannot be folded anew and stays as it is')
          failed.add(id)
          onFailed(id)
        }
      })
    }
    let reading = open.map((trail) => ({ trail, after: null as EventPosition | null }))
    while (reading.length > 0) {
      const queries = reading.map(({ trail: { id }, after }) => {
        return { trail: id, aboveVersion: shadowOf(shadows, id).version, after }
      })
      const pages = await events.readFolded(queries, PAGE)
      const parts = reading.map(({ trail }, i) => {
        const { base } = shadowOf(shadows, trail.id)
        const read = (pages[i] ?? []).filter((event) => isHeld(event, trail) && !isSealed(event, base))
        return { trail, read, before: positionOf(read[0]) }
      })
      for (const { key } of parts.flatMap(({ read }) => read)) unmarked.delete(key)
      await fold(parts)
      reading = reading.flatMap(({ trail }, i) => {
        const page = pages[i] ?? []
        const after = positionOf(page.at(-1))
        return after && page.length === PAGE ? [{ trail, after }] : []
      })
    }
    const rest = unmarked.size > 0 ? await events.get([...unmarked]) : []
    await fold(
      open.map((trail) => ({ trail, read: rest.filter(({ trailId }) => trailId === trail.id), before: END })),
    )
    for (const { id, version } of open) shadowOf(shadows, id).version = version
  }

  /** Of the events of applied entries a base may hold some, which the shadow then does too. */
  async function leaveOutSealed(
    keys: Set<EventKey>,
    open: readonly TrailDocument[],
    shadows: ReadonlyMap<TrailId, Shadow>,
  ): Promise<void> {
    const based = open.filter(({ id }) => shadowOf(shadows, id).base !== undefined)
    const applied = based.flatMap((trail) => trail.applied.map(({ key }) => key))
    for (const event of await events.get(applied.filter((key) => keys.has(key)))) {
      if (event.state === 'folded' && isSealed(event, shadowOf(shadows, event.trailId).base))
        keys.delete(event.key)
    }
  }
}

/** Events that a shadow takes in, and where in its log the first of them stands. */
interface Part {
  trail: TrailDocument
  read: readonly StoredEvent[]
  before: EventPosition | null
}

/**
 * The shadow holds what its base does, what versions up to its own carry, and what this pass has read, which goes
 * through the log in order of time. Of the events of applied entries that it has not met yet it holds none.
 */
function recallOf(
  trail: TrailDocument,
  { state, version, base }: Shadow,
  read: readonly StoredEvent[],
  before: EventPosition | null,
  unmarked: ReadonlySet<EventKey>,
): Parameters<typeof recallSettled>[0][number] {
  const held: Held[] = [
    { version, before: null },
    { version: trail.version, before },
  ]
  if (base) held.push({ version: base.version, before: { time: base.before, key: '' } })
  const own = new Set(trail.applied.map(({ key }) => key))
  return { trail: trail.id, state, events: read, held, except: [...unmarked].filter((key) => own.has(key)) }
}

const END: EventPosition = { time: Number.MAX_SAFE_INTEGER, key: '' }

function positionOf(event: StoredEvent | undefined): EventPosition | null {
  return event ? { time: event.time, key: event.key } : null
}

function isHeld({ trailVersion }: StoredEvent, trail: TrailDocument): boolean {
  return (trailVersion ?? 0) <= trail.version
}

function isSealed({ time, trailVersion }: StoredEvent, base: TrailBase | undefined): boolean {
  return base !== undefined && time < base.before && (trailVersion ?? 0) <= base.version
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

function newShadow(base: TrailBase | undefined): Shadow {
  return { state: base?.state ?? emptyState(), version: 0, base }
}

function shadowOf(shadows: ReadonlyMap<TrailId, Shadow>, id: TrailId): Shadow {
  const shadow = shadows.get(id)
  if (!shadow) throw new Error(`trail ${id} is not being folded anew`)
  return shadow
}

interface Shadow {
  state: ProfileState
  /** What the trail was made of before its log begins. */
  base: TrailBase | undefined
  /** It holds what the trail held at this version. */
  version: number
}
