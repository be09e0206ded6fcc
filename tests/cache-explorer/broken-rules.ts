import { EntityCache } from '../../gateway/cache/entity-cache.ts'
import { FeedPosition } from '../../gateway/cache/feed/feed-position.ts'
import { NearCache } from '../../gateway/cache/near/near-cache.ts'
import { NearEntry } from '../../gateway/cache/near/near-entry.ts'
import { Flights } from '../../gateway/cache/reads/flights.ts'
import type { BrokenWorld } from './world.ts'

/** Something that leaves one rule out of the code itself, until it is called off. */
type LeaveOut = (patch: Patch) => void
type Patch = <Target extends object, Name extends keyof Target>(
  target: Target,
  name: Name,
  instead: Target[Name],
) => void

/** Each of these leaves out one rule of the entity cache; the explorer must notice every one. */
export const BROKEN_RULES: Readonly<Record<string, BrokenWorld | LeaveOut>> = {
  'fills read a replica that lags': { readsReplicas: true },
  'version and fields come from two reads': { readsTwice: true },
  'something is kept before a position is known': { keepsBeforePosition: true },
  'the feed leaves the values that processes share': { feedLeavesValues: true },
  'what is kept is for all classes': { sharesClasses: true },
  'an id begins again at version 1': { forgetsVersions: true },
  'an outbox is trimmed without a second look': { looksOnce: true },
  'an outbox is trimmed before it is told': { trimsBeforeTelling: true },
  'a key moves without a new version of whom it leaves': { tellsOneOfTwo: true },
  'a fill needs no token': (patch) => patch(FeedPosition.prototype, 'check', () => 'held'),
  'who asks after a change joins a read from before it': (patch) =>
    patch(Flights.prototype, 'detach', () => undefined),
  'a change drops nothing': (patch) => patch(NearCache.prototype, 'invalidate', () => undefined),
  'a gap drops nothing': (patch) => {
    const attached = new WeakSet<EntityCache>()
    const hold = Reflect.get(EntityCache.prototype, 'hold')
    patch(EntityCache.prototype, 'hold', function (this: EntityCache, partition) {
      if (!attached.has(this)) hold.call(this, partition)
      attached.add(this)
    })
  },
  'fields of other versions are put together': (patch) =>
    patch(NearEntry.prototype, 'mergedWith', function (this: NearEntry, newer) {
      return new NearEntry(newer.version, new Map([...this.fields, ...newer.fields]), newer.absentUntil)
    }),
}

/** Of these little can be seen unless little else happens. */
export const NARROW_RULES: ReadonlySet<string> = new Set([
  'who asks after a change joins a read from before it',
])

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
