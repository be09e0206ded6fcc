import { canonicalJson, type JsonValue } from '../../core/json.ts'
import { homeProfile } from '../../core/identity/identity-key.ts'
import type { MetricsView, ProfileState } from '../../core/profile/profile.ts'
import { emptyState, foldEvents } from '../../core/profile/state.ts'
import type { Storage, StoredEvent, TrailDocument } from '../../storage/ports.ts'
import { assure } from './monitor.ts'
import { recount } from '../support/recount.ts'
import { CURRENCY, type World } from './world.ts'

const ALL = 10_000

/** What must be true once the storm is over and everything has settled. Rejects with Violation. */
export async function checkSettled(world: World): Promise<void> {
  const { storage } = world
  const { events: kept } = await storage.events.scan(null, null, ALL)
  checkDeleted(world, kept)
  const log = [...kept, ...world.deleted.values()]
  const trails = [...(await storage.trails.get(await storage.trails.list(null, ALL))).values()]
  await checkNothingWaits(storage)
  checkLog(world, log)
  for (const trail of trails) checkReplay(world, trail, log)
  await checkIdentities(storage)
  await checkProfiles(world, log, trails)
}

async function checkNothingWaits({ events, trails, identities, profiles }: Storage): Promise<void> {
  const { pending, parked } = await events.stats()
  assure(pending === 0, `I1: ${pending} events stay pending`)
  assure(parked === 0, `I14: ${parked} released events stay parked`)
  assure((await events.findUnlinked(1)).length === 0, 'the links of an event are never recorded')
  assure((await identities.findPendingPairs(1)).length === 0, 'a link is never decided')
  assure((await identities.findPendingUndos(1)).length === 0, 'an undo is never carried out')
  assure((await identities.head())?.done !== false, 'a batch of the identity log is never finished')
  assure((await trails.findDirty(null, 1)).length === 0, 'a trail stays dirty')
  assure((await profiles.findOutbox(null, 1)).length === 0, 'I7: an outbox stays full')
}

function checkDeleted({ isLong, retainFrom, deleted }: World, kept: readonly StoredEvent[]): void {
  for (const { key, time } of deleted.values())
    assure(isLong && time < retainFrom, `I1: event ${key} was deleted and is to be kept`)
  if (!isLong) return
  for (const { key, time } of kept) assure(time >= retainFrom, `event ${key} is old and was never deleted`)
}

function checkLog(world: World, log: readonly StoredEvent[]): void {
  const stored = new Set(log.map((event) => event.key))
  for (const key of world.acknowledged.keys())
    assure(stored.has(key), `I1: acknowledged event ${key} is lost`)
  assure(stored.size === log.length, 'I2: an event is stored twice')
  for (const { key, trailId, state } of log) {
    assure(state === 'folded', `I1: event ${key} is ${state}`)
    assure(world.monitor.appliedTo(trailId).has(key), `I1: event ${key} is marked and in no trail`)
  }
}

/** The log in another order gives the same state, byte by byte. */
function checkReplay({ limits }: World, trail: TrailDocument, log: readonly StoredEvent[]): void {
  const events = log.filter((event) => event.trailId === trail.id).toReversed()
  const replayed = foldEvents(emptyState(), events, { currency: CURRENCY, limits })
  assure(text(replayed) === text(trail.state), `I3: the log gives another state of trail ${trail.id}`)
}

function same(a: unknown, b: unknown): boolean {
  return canonicalJson(a as JsonValue) === canonicalJson(b as JsonValue)
}

/** Without the times of the first and the last order, which are those of events where an order is settled. */
function sums(metrics: Record<string, MetricsView>): Record<string, Partial<MetricsView>> {
  return Object.fromEntries(
    Object.entries(metrics).map(([currency, { orders, grossRevenue, refunded }]) => {
      return [currency, { orders, grossRevenue, refunded }]
    }),
  )
}

function text(state: ProfileState): string {
  return canonicalJson(state as unknown as JsonValue)
}

async function checkIdentities({ identities }: Storage): Promise<void> {
  const batches = await identities.listBatches(0, ALL)
  const profileOf = new Map<string, string>()
  for (const { moves } of batches) for (const { key, to } of moves) profileOf.set(key, to)
  const rows = await identities.rows([...profileOf.keys()])
  for (const [key, profile] of profileOf) {
    assure(rows.get(key)?.profileId === profile, `I3: the row of ${key} differs from the identity log`)
  }
  for (const { undos } of batches) {
    for (const { pair } of undos) {
      const [a, b] = pair.map((key) => profileOf.get(key) ?? homeProfile(key))
      assure(a !== b, `${pair.join(' and ')} were taken apart and are together`)
    }
  }
}

async function checkProfiles(
  { storage, monitor }: World,
  log: readonly StoredEvent[],
  trails: readonly TrailDocument[],
): Promise<void> {
  const identities = [...new Set(trails.map((trail) => trail.identity))]
  const rows = await storage.identities.rows(identities)
  const ids = [...new Set(identities.map((key) => rows.get(key)?.profileId ?? homeProfile(key)))]
  const profiles = await storage.profiles.get([...ids, ...identities.map(homeProfile)])

  let counted = 0
  for (const profile of profiles.values()) {
    const mine = trails.filter(
      ({ identity }) => (rows.get(identity)?.profileId ?? homeProfile(identity)) === profile.id,
    )
    const events = mine.reduce((sum, trail) => sum + trail.state.events, 0)
    const { id, version, view, mergedInto } = profile
    assure(view.eventCount === events, `I2: profile ${id} shows ${view.eventCount} of ${events} events`)
    assure((mergedInto === null) === view.identities.length > 0, `profile ${id} is a tombstone with keys`)
    assure(
      monitor.toldOf('Profile', id) === version,
      `I7: version ${version} of profile ${id} was never told`,
    )
    if (mergedInto === null) counted += events
    const own = log.filter(({ trailId }) => mine.some((trail) => trail.id === trailId))
    const { metrics, rolling } = recount(own, profile.asOf, CURRENCY)
    assure(
      same(sums(view.metrics), sums(metrics)),
      `I2: the figures of profile ${id} are not those of its events`,
    )
    assure(
      same(profile.rolling, rolling),
      `I13: the rolling figures of profile ${id} are not those of its events`,
    )
    for (const trail of mine) {
      assure(
        profile.basis.trails[trail.id] === trail.version,
        `I7: profile ${id} lags behind trail ${trail.id}`,
      )
    }
  }
  assure(counted === log.length, `I1: ${log.length} events are in the log, ${counted} in profiles`)
  for (const { key, identity, trailId, trailVersion } of log) {
    const profile = profiles.get(rows.get(identity)?.profileId ?? homeProfile(identity))
    const shown = profile?.basis.trails[trailId] ?? 0
    assure(shown >= (trailVersion ?? Infinity), `the receipt of event ${key} is never satisfied`)
  }
}
