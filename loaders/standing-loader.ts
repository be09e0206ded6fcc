import DataLoader from 'dataloader'
import type { EventKey } from '../core/events/event.ts'
import type { Demand } from '../core/freshness/demand.ts'
import { homeProfile, pairId, type IdentityPair, type ProfileId } from '../core/identity/identity-key.ts'
import type { ProfileDocument } from '../core/profile/profile.ts'
import type { Storage } from '../storage/ports.ts'

/** How far the store is with what a read demands. `id` and `version`: the profile concerned as it is now, 0 when it is not there. */
export type Standing =
  { kind: 'held'; isMet: boolean; id: ProfileId; version: number } | { kind: 'unknown event' }

export type StandingLoader = DataLoader<Demand, Standing, string>

/** A profile that was merged may have been merged on; further than this nobody is followed. */
const MAX_HOPS = 8

/**
 * Asked together by whoever waits, for any number of requests, and read anew each time. An event is shown once its row
 * has its mark (folded or parked), the links that it made are decided (which comes after their profiles are written), and
 * the profile of its identity holds that version of its trail; a version, once the profile has it, and where it was
 * merged away, once the profile that it went to was written from the same decision.
 */
export function createStandingLoader(
  { events, identities, profiles }: Pick<Storage, 'events' | 'identities' | 'profiles'>,
  maxBatchSize = 500,
): StandingLoader {
  return new DataLoader(
    async (demands) => {
      // In the order in which an event moves on; a mark that comes in between is seen the next time.
      const rows = new Map((await events.get(demands.flatMap(eventKeyOf))).map((row) => [row.key, row]))
      const decided = await readDecided(Array.from(rows.values(), ({ pairs }) => pairs).flat())
      const keys = [...new Set(Array.from(rows.values(), ({ identity }) => identity))]
      const named = await identities.rows(keys)
      const profileOf = new Map(keys.map((key) => [key, named.get(key)?.profileId ?? homeProfile(key)]))
      const known = await readWithSuccessors([
        ...profileOf.values(),
        ...demands.flatMap((demand) => (demand.kind === 'version' ? [demand.id] : [])),
      ])
      return demands.map((demand): Standing => {
        if (demand.kind === 'version') {
          const profile = known.get(demand.id)
          const isMet =
            profile !== undefined && profile.version >= demand.version && isHandedOver(profile, known)
          return held(demand.id, profile, isMet)
        }
        const row = rows.get(demand.key)
        if (!row) return { kind: 'unknown event' }
        const id = profileOf.get(row.identity) ?? homeProfile(row.identity)
        const profile = known.get(id)
        const shown = profile?.basis.trails[row.trailId] ?? 0
        const isFolded = row.trailVersion !== null && shown >= row.trailVersion
        return held(id, profile, isFolded && row.pairs.every((pair) => decided.has(pairId(pair))))
      })
    },
    { cache: false, maxBatchSize, batchScheduleFn: setImmediate },
  )

  /** The ids of those pairs that are recorded and decided. */
  async function readDecided(pairs: readonly IdentityPair[]): Promise<Set<string>> {
    if (pairs.length === 0) return new Set()
    const links = await identities.pairs([...new Set(pairs.map(pairId))])
    return new Set(links.filter(({ pending }) => !pending).map(({ id }) => id))
  }

  /** With those that they were merged into. */
  async function readWithSuccessors(ids: readonly ProfileId[]): Promise<Map<ProfileId, ProfileDocument>> {
    const known = new Map<ProfileId, ProfileDocument>()
    let open = [...new Set(ids)]
    for (let hop = 0; open.length > 0 && hop <= MAX_HOPS; hop++) {
      const found = await profiles.get(open)
      for (const [id, profile] of found) known.set(id, profile)
      open = [...new Set(Array.from(found.values(), ({ mergedInto }) => mergedInto))].flatMap((id) =>
        id === null || known.has(id) ? [] : [id],
      )
    }
    return known
  }
}

function eventKeyOf(demand: Demand): EventKey[] {
  return demand.kind === 'event' ? [demand.key] : []
}

function held(id: ProfileId, profile: ProfileDocument | undefined, isMet: boolean): Standing {
  return { kind: 'held', isMet, id, version: profile?.version ?? 0 }
}

/** Whether each profile on the way to the living one was written from the decision that ended the one before, or a later one. */
function isHandedOver(profile: ProfileDocument, known: ReadonlyMap<ProfileId, ProfileDocument>): boolean {
  let current = profile
  for (let hop = 0; current.mergedInto !== null; hop++) {
    const next = known.get(current.mergedInto)
    if (!next || next.basis.seq < current.basis.seq || hop >= MAX_HOPS) return false
    current = next
  }
  return true
}
