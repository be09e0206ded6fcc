import { EntityCache } from '../../gateway/cache/entity-cache.ts'
import { FeedPosition } from '../../gateway/cache/feed/feed-position.ts'
import { NearCache } from '../../gateway/cache/near/near-cache.ts'
import { NearEntry } from '../../gateway/cache/near/near-entry.ts'
import { Flights } from '../../gateway/cache/reads/flights.ts'
import type { Terrain } from './actions.ts'
import type { BrokenWorld } from './world.ts'

/** Something that leaves one rule out of the code itself, until it is called off. */
type LeaveOut = (patch: Patch) => void
type Patch = <Target extends object, Name extends keyof Target>(
  target: Target,
  name: Name,
  instead: Target[Name],
) => void

interface BrokenRule {
  rule: BrokenWorld | LeaveOut
  /** Where it is soon seen: all that can happen, unless little can be seen while much else happens. */
  terrain?: Terrain
}

/** Each of these leaves out one rule of the entity cache; the explorer must notice every one. */
export const BROKEN_RULES: Readonly<Record<string, BrokenRule>> = {
  'fills read a replica that lags': { rule: { readsReplicas: true } },
  'version and fields come from two reads': { rule: { readsTwice: true } },
  'a value does not end when time changes it': { rule: { tellsNoExpiry: true } },
  'something is kept before a position is known': {
    rule: { keepsBeforePosition: true },
    terrain: 'beginnings',
  },
  'after a gap a process drops, and then takes the end as its position': {
    rule: { dropsBeforeEnd: true },
    terrain: 'gaps',
  },
  'the feed leaves the values that processes share': { rule: { feedLeavesValues: true } },
  'what is kept is for all classes': { rule: { sharesClasses: true } },
  'an id begins again at version 1': { rule: { forgetsVersions: true }, terrain: 'returns' },
  'an outbox is trimmed without a second look': { rule: { looksOnce: true }, terrain: 'failovers' },
  'an outbox is trimmed whatever the second look has found': {
    rule: { looksInVain: true },
    terrain: 'failovers',
  },
  'an outbox is trimmed before it is told': { rule: { trimsBeforeTelling: true } },
  'a key moves without a new version of whom it leaves': {
    rule: { tellsOneOfTwo: true },
    terrain: 'moves',
  },
  'a demanded version is not looked at': { rule: { forgetsDemands: true } },
  'a demanded version raises the fence': { rule: { demandsRaiseFences: true } },
  'what comes from elsewhere is not compared with the fence': {
    rule: (patch) => patch(NearCache.prototype, 'fenceOf', () => 0),
    terrain: 'changes',
  },
  'an absence is not compared with what was told since': {
    rule: (patch) => patch(NearCache.prototype, 'isToldSince', () => false),
    terrain: 'absences',
  },
  'of what is not kept no fence is known': {
    rule: (patch) => patch(FeedPosition.prototype, 'fenceOf', () => 0),
    terrain: 'changes',
  },
  'a fill needs no token': {
    rule: (patch) => patch(FeedPosition.prototype, 'check', () => 'held'),
    terrain: 'absences',
  },
  'what was asked for before a gap is kept': {
    rule: (patch) =>
      patch(FeedPosition.prototype, 'check', function (this: FeedPosition, ...asked) {
        return this.isToldSince(...asked) ? 'changed' : 'held'
      }),
    terrain: 'gaps',
  },
  'who asks after a change joins a read from before it': {
    rule: (patch) => patch(Flights.prototype, 'detach', () => undefined),
    terrain: 'moves',
  },
  'a read under way is joined whichever fields it is for': {
    rule: (patch) => {
      const find = Reflect.get(Flights.prototype, 'find')
      const begin = Reflect.get(Flights.prototype, 'begin')
      const withoutFields = (want: string): string => want.split('\n', 2).join('\n')
      patch(Flights.prototype, 'find', function (this: Flights<unknown>, entity, want) {
        return find.call(this, entity, withoutFields(want))
      })
      patch(Flights.prototype, 'begin', function (this: Flights<unknown>, entity, want, token) {
        return begin.call(this, entity, withoutFields(want), token)
      })
    },
  },
  'who asks after a gap joins a read from before it': {
    rule: (patch) => patch(Flights.prototype, 'detachAll', () => undefined),
    terrain: 'gaps',
  },
  'a change drops nothing': { rule: (patch) => patch(NearCache.prototype, 'invalidate', () => undefined) },
  'a gap drops nothing': {
    rule: (patch) => {
      const attached = new WeakSet<EntityCache>()
      const hold = Reflect.get(EntityCache.prototype, 'hold')
      patch(EntityCache.prototype, 'hold', function (this: EntityCache, partition) {
        if (!attached.has(this)) hold.call(this, partition)
        attached.add(this)
      })
    },
    terrain: 'gaps',
  },
  'fields of other versions are put together': {
    rule: (patch) =>
      patch(NearEntry.prototype, 'mergedWith', function (this: NearEntry, newer) {
        return new NearEntry(newer.version, new Map([...this.fields, ...newer.fields]), newer.absentUntil)
      }),
  },
}

/** Runs something while a rule is left out. */
export async function withoutRule<T>(
  rule: BrokenWorld | LeaveOut,
  run: (world: BrokenWorld) => Promise<T>,
): Promise<T> {
  if (typeof rule !== 'function') return run(rule)
  const restore: (() => void)[] = []
  rule((target, name, instead) => {
    const original = target[name]
    target[name] = instead
    restore.push(() => (target[name] = original))
  })
  try {
    return await run({})
  } finally {
    for (const each of restore) each()
  }
}
