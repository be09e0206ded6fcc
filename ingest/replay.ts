import type { TrailId } from '../core/events/event.ts'
import { MonogramError } from '../core/errors.ts'
import type { ProfileId } from '../core/identity/identity-key.ts'
import type { Clock } from '../platform/clock.ts'
import type { Sleep } from '../platform/sleep.ts'
import type { Storage } from '../storage/ports.ts'
import type { Rebuild, RebuildOutcome } from './rebuild.ts'

export interface ReplayOptions {
  storage: Pick<Storage, 'events' | 'trails' | 'profiles' | 'identities' | 'progress'>
  rebuild: Rebuild
  clock: Clock
  sleep: Sleep
  /** Called when there is something to fold or to materialise. */
  wake: () => void
}

/** `since`: the trails of events received from that time on, epoch milliseconds. */
export type ReplayScope =
  { kind: 'parked' } | { kind: 'profile'; id: ProfileId } | { kind: 'since'; since: number } | { kind: 'all' }

export interface ReplayCounts {
  /** Parked events that were made pending again. */
  released: number
  /** Trails that were looked at, and what became of them: see RebuildOutcome. */
  trails: number
  rebuilt: number
  unchanged: number
  newer: number
  failed: number
}

export interface ReplaySummary extends ReplayCounts {
  /** It went on where an earlier one had been interrupted. */
  resumed: boolean
}

export interface ReplayControl {
  onProgress: (counts: ReplayCounts) => void
  /** Stops after the page that is under way; the same replay started again goes on from there. */
  signal: AbortSignal
}

/** Releases parked events, or folds trails anew from the log, beside everything else that goes on. REPLAY_INTERRUPTED. */
export type Replay = (scope: ReplayScope, control: ReplayControl) => Promise<ReplaySummary>

/** Trails, or parked events, that are read at a time. */
const PAGE = 50
/** Rows of the log that one look for trails goes through. */
const SCAN_PAGE = 2_000
/** How often it is noted how far the replay is: each time is a commit, and one that dies looks again at what came since. */
const NOTE_EVERY_MS = 1_000
/** Trails known to have been folded anew by this replay: one that is met again later is folded again. */
const MAX_REMEMBERED = 100_000

export function createReplay({ storage, rebuild, clock, sleep, wake }: ReplayOptions): Replay {
  const { events, trails, profiles, identities, progress } = storage

  return async (scope, { onProgress, signal }) => {
    const counts: ReplayCounts = { released: 0, trails: 0, rebuilt: 0, unchanged: 0, newer: 0, failed: 0 }
    const pages = { parked: parkedPages, profile: profilePages, since: sincePages, all: allPages }[scope.kind]
    const id = `replay:${scope.kind}${scope.kind === 'since' ? `:${scope.since}` : ''}`
    const begun = (await progress.get(id))?.['after']
    const resumed = typeof begun === 'string'

    let notedAt = clock()
    for await (const page of pages(scope, resumed ? begun : null)) {
      const { rebuilt, released } = counts
      await page.apply(counts)
      if (counts.rebuilt > rebuilt || counts.released > released) wake()
      onProgress({ ...counts })
      if (page.after !== null && (signal.aborted || clock() - notedAt >= NOTE_EVERY_MS)) {
        notedAt = clock()
        await progress.put(id, { after: page.after, at: notedAt })
      }
      if (signal.aborted) throw interrupted(counts)
      await sleep(0)
    }
    if (resumed || counts.trails + counts.released > 0) await progress.put(id, { after: null, at: clock() })
    return { ...counts, resumed }
  }

  async function* parkedPages(_: ReplayScope, begin: string | null): AsyncGenerator<Page> {
    for (let after = begin, more = true; more;) {
      const page = await events.listParked(after, PAGE)
      const released = page.events.map(({ event, attempt }) => ({ key: event.key, attempt }))
      after = page.next
      more = after !== null
      yield {
        // Each parked event is met once, also when it is parked again meanwhile; a new replay begins at the first.
        after: null,
        async apply(counts) {
          await events.release(released)
          counts.released += released.length
        },
      }
    }
  }

  async function* profilePages(scope: ReplayScope): AsyncGenerator<Page> {
    if (scope.kind !== 'profile') return
    const rows = await identities.rowsOfProfiles([scope.id])
    const named = rows.filter((row) => row.profileId === scope.id).map((row) => row.home)
    const homes = rows.some((row) => row.home === scope.id) ? named : [...named, scope.id]
    const ids = (await trails.findByHomes(homes)).map((trail) => trail.id)
    if (ids.length === 0) {
      const mergedInto = (await profiles.get([scope.id])).get(scope.id)?.mergedInto ?? null
      const where = mergedInto === null ? 'searchProfiles finds the ids' : `it was merged into ${mergedInto}`
      throw new MonogramError('RECIPIENT_UNKNOWN', `no events are known of a profile "${scope.id}"; ${where}`)
    }
    for (let i = 0; i < ids.length; i += PAGE) yield trailPage(ids.slice(i, i + PAGE), null)
  }

  async function* sincePages(scope: ReplayScope, begin: string | null): AsyncGenerator<Page> {
    if (scope.kind !== 'since') return
    let seen = new Set<TrailId>()
    for (let after = begin, more = true; more;) {
      const page = await events.scanTrails(scope.since, after, SCAN_PAGE)
      const fresh = [...new Set(page.trails)].filter((id) => !seen.has(id))
      if (seen.size > MAX_REMEMBERED) seen = new Set()
      for (const id of fresh) seen.add(id)
      // Also a part of the log in which nothing is new is a page: so that it can be stopped there.
      for (let i = 0; i === 0 || i < fresh.length; i += PAGE) yield trailPage(fresh.slice(i, i + PAGE), after)
      after = page.next
      more = after !== null
    }
  }

  async function* allPages(_: ReplayScope, begin: string | null): AsyncGenerator<Page> {
    for (let after = begin; ;) {
      const ids = await trails.list(after, PAGE)
      const last = ids.at(-1)
      if (last === undefined) return
      yield trailPage(ids, last)
      after = last
    }
  }

  function trailPage(ids: readonly TrailId[], after: string | null): Page {
    return {
      after,
      async apply(counts) {
        const outcomes = await rebuild(ids)
        counts.trails += outcomes.size
        for (const outcome of outcomes.values()) counts[outcome satisfies RebuildOutcome]++
      },
    }
  }
}

interface Page {
  /** Where a replay goes on that is interrupted after this page; null when it has to begin anew. */
  after: string | null
  apply(counts: ReplayCounts): Promise<void>
}

function interrupted({ trails, released }: ReplayCounts): MonogramError {
  const done = released > 0 ? `${released} events were released` : `${trails} trails were looked at`
  return new MonogramError(
    'REPLAY_INTERRUPTED',
    `the replay was stopped after ${done}; start it again to go on`,
  )
}
