import { sameJson } from '../core/json.ts'
import { homeProfile, type IdentityKey, type ProfileId } from '../core/identity/identity-key.ts'
import type { IdentityRow } from '../core/identity/identity-log.ts'
import type { ProfileDocument, StateLimits } from '../core/profile/profile.ts'
import { combineTrails } from '../core/profile/combine-trails.ts'
import { rollingOfTrails } from '../core/profile/rolling-edges.ts'
import type { TrailLog } from '../core/profile/trail-log.ts'
import { changedFields, profileView, searchTerms } from '../core/profile/view.ts'
import type { Clock } from '../platform/clock.ts'
import type {
  IdentityStore,
  ProfileStore,
  ProfileWrite,
  TrailDocument,
  TrailStore,
} from '../storage/ports.ts'
import { appendToOutbox, joinUnpublished } from './outbox.ts'
import type { Outbox } from './relay.ts'

export interface MaterialiseOptions {
  profiles: ProfileStore
  trails: TrailStore
  identities: IdentityStore
  clock: Clock
  /** Where is found what states keep no more one by one. */
  trailLog: TrailLog
  limits: StateLimits
  /** Whether there is a destination that is told of changes; false when absent. */
  isPublishing?: boolean
  /** Told of the outboxes that were written, as soon as they are. */
  onWritten?: (outboxes: readonly Outbox[]) => void
}

export interface Materialise {
  /**
   * Writes each profile anew from the trails of its keys, and ends dirty of those trails. Doing it again does no
   * harm. Resolves when each was written from what was true after this call began.
   */
  (ids: readonly ProfileId[]): Promise<void>
}

const MAX_ATTEMPTS = 50

export function createMaterialise(options: MaterialiseOptions): Materialise {
  const { profiles, trails, identities, clock, trailLog, limits, isPublishing = false, onWritten } = options

  return async (ids) => {
    let open = [...new Set(ids)]
    for (let attempt = 1; open.length > 0; attempt++) {
      if (attempt > MAX_ATTEMPTS) throw new Error(`profiles ${open.join(', ')} stay contended`)
      open = await materialiseOnce(open)
    }
  }

  /** Returns the profiles that somebody else wrote in between. The order of the reads matters: profile, keys, trails. */
  async function materialiseOnce(ids: readonly ProfileId[]): Promise<ProfileId[]> {
    const stored = await profiles.get(ids)
    const rows = groupRows(ids, await identities.rowsOfProfiles(ids))
    const homes = new Set(ids.flatMap((id) => homesOf(id, rows.get(id))))
    const byHome = groupByHome(await trails.findByHomes([...homes]))

    const writes: ProfileWrite[] = []
    const basis: TrailDocument[][] = []
    for (const id of ids) {
      const of = homesOf(id, rows.get(id)).flatMap((home) => byHome.get(home) ?? [])
      const write = await combine(id, stored.get(id), rows.get(id), of)
      if (!write) continue
      writes.push(write)
      basis.push(of)
    }
    if (writes.length === 0) return []
    const written = await profiles.put(writes)
    onWritten?.(
      writes.flatMap(({ profile }, i) => (written[i] && profile.outbox.length > 0 ? [profile] : [])),
    )
    const clean = basis.flatMap((of, i) => (written[i] ? of.filter((trail) => trail.dirty) : []))
    if (clean.length > 0) await trails.clearDirty(clean.map(({ id, version }) => ({ id, version })))
    return writes.filter((_, i) => !written[i]).map((write) => write.profile.id)
  }

  /**
   * Null when there is nobody: no key, no row, no document. Nor is an identifier somebody that others were sent with and
   * that none of them holds (it is shared by too many, or the link was undone): nothing was ever sent under it.
   */
  async function combine(
    id: ProfileId,
    stored: ProfileDocument | undefined,
    rows: ProfileRows | undefined,
    of: readonly TrailDocument[],
  ): Promise<ProfileWrite | null> {
    const now = clock()
    const held = keysOf(id, rows, of)
    const movedTo = held.length === 0 ? (rows?.own?.profileId ?? null) : null
    const keys = of.length === 0 ? [] : held
    if (keys.length === 0 && movedTo === null && !stored) return null

    const state = await combineTrails(of, trailLog, limits)
    const view = profileView(state, keys)
    const { windows: rolling, nextChangeAt } = await rollingOfTrails(state, of, now, trailLog)
    const wasAlive = stored !== undefined && stored.mergedInto === null
    const changed = changedFields(wasAlive ? stored.view : null, view)
    if (stored && !sameJson(stored.rolling, rolling) && !changed.includes('metrics')) changed.push('metrics')
    const visible = !stored || changed.length > 0 || stored.mergedInto !== movedTo
    const version = (stored?.version ?? 0) + (visible ? 1 : 0)
    const outbox = stored?.outbox ?? []
    const unpublished = stored?.unpublished ?? null
    const entry = { from: version, version, changed, at: now }
    const seqs = rows ? [...rows.mine, ...(rows.own ? [rows.own] : [])].map((row) => row.seq) : []
    return {
      profile: {
        id,
        rev: (stored?.rev ?? 0) + 1,
        version,
        asOf: now,
        view,
        rolling,
        basis: {
          seq: Math.max(stored?.basis.seq ?? 0, ...seqs),
          trails: Object.fromEntries(of.map((trail) => [trail.id, trail.version])),
        },
        mergedInto: movedTo,
        nextChangeAt,
        outbox: visible ? appendToOutbox(outbox, entry) : outbox,
        unpublished: visible && isPublishing ? joinUnpublished(unpublished, entry) : unpublished,
      },
      terms: movedTo === null ? searchTerms(view) : [],
    }
  }
}

interface ProfileRows {
  /** Rows that name the profile. */
  mine: IdentityRow[]
  /** The row of its own key, wherever that points. */
  own: IdentityRow | undefined
}

function groupRows(ids: readonly ProfileId[], rows: readonly IdentityRow[]): Map<ProfileId, ProfileRows> {
  const grouped = new Map<ProfileId, ProfileRows>(ids.map((id) => [id, { mine: [], own: undefined }]))
  for (const row of rows) {
    grouped.get(row.profileId)?.mine.push(row)
    const home = grouped.get(row.home)
    if (home) home.own = row
  }
  return grouped
}

/** The homes of a profile's keys: of those whose row names it, and its own while that has no row. */
function homesOf(id: ProfileId, rows: ProfileRows | undefined): ProfileId[] {
  const homes = rows?.mine.map((row) => row.home) ?? []
  return rows?.own ? homes : [...homes, id]
}

function groupByHome(trails: readonly TrailDocument[]): Map<ProfileId, TrailDocument[]> {
  const grouped = new Map<ProfileId, TrailDocument[]>()
  for (const trail of trails) {
    const group = grouped.get(trail.home)
    if (group) group.push(trail)
    else grouped.set(trail.home, [trail])
  }
  return grouped
}

function keysOf(
  id: ProfileId,
  rows: ProfileRows | undefined,
  trails: readonly TrailDocument[],
): IdentityKey[] {
  const named = rows?.mine.map((row) => row.key) ?? []
  if (rows?.own) return named
  const own = trails.find((trail) => trail.home === id)?.identity
  return own !== undefined && homeProfile(own) === id ? [...named, own] : named
}
