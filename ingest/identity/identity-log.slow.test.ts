import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decideAnew, replayLinks } from '../../core/identity/decide-anew.ts'
import { homeProfile, identityPair, pairId, type IdentityKey } from '../../core/identity/identity-key.ts'
import type { IdentityRow, LinkRecord, PairRow } from '../../core/identity/identity-log.ts'
import { DEFAULT_IDENTITY_RULES, type IdentityRules } from '../../core/identity/rules.ts'
import { STATE_LIMITS } from '../../core/profile/limits.ts'
import { createTrailLog } from '../../core/profile/trail-log.ts'
import { openMemoryStorage } from '../../tests/support/memory-storage.ts'
import type { IdentityStore, Storage } from '../../storage/ports.ts'
import { createMaterialise } from '../materialise.ts'
import { askAgainUnderOtherRules } from './ask-again.ts'
import { dryRunRules } from './dry-run.ts'
import { createIdentityLog } from './identity-log.ts'
import { createUndoMerge } from './undo-merge.ts'

const defaults = DEFAULT_IDENTITY_RULES
const any = defaults.otherKinds

/** Tight enough that a dozen links meet every rule. */
const tight: IdentityRules = {
  kinds: {
    userId: { ...any, priority: 100, maxPerProfile: 1, maxUserIds: null, maxLinks: null },
    email: { ...any, priority: 80, maxUserIds: 2, maxPerProfile: 2 },
    anonymousId: { ...any, priority: 20, maxLinks: 3 },
  },
  otherKinds: any,
  blocked: ['blocked*'],
  maxKeysPerProfile: 6,
  maxMergesPerProfile: 1,
}

test('an e-mail that more people share than the rules allow is quarantined, and they stay apart', async () => {
  const { storage, link, decideAll, partition, undo } = world(defaults)
  await link(['email:team@x.io', 'anonymousId:a'])
  for (let i = 1; i <= 5; i++) await link(['email:team@x.io', `userId:${i}`])
  await decideAll()
  expect(await partition()).toContain('anonymousId:a email:team@x.io userId:1')

  await link(['email:team@x.io', 'userId:6'])
  await decideAll()
  const apart = ['anonymousId:a', 'email:team@x.io', ...[1, 2, 3, 4, 5, 6].map((i) => `userId:${i}`)]
  expect(await partition()).toEqual(apart)
  const [first] = await storage.identities.pairs([pairId(['email:team@x.io', 'userId:1'])])
  expect(first).toMatchObject({
    first: 1,
    decision: { kind: 'quarantine', key: 'email:team@x.io', reason: 'too-many-user-ids' },
  })

  // With one link less it is not shared by too many, as if that link had never been.
  await undo(['email:team@x.io', 'userId:4'])
  expect(await partition()).toContain('anonymousId:a email:team@x.io userId:1')
})

test('a batch of an undo names only what changes, and both sides of each key that moves', async () => {
  const { storage, link, decideAll, undo } = world(defaults)
  await link(['anonymousId:a', 'userId:u'], ['email:x@x.io', 'userId:u'], ['email:other@x.io', 'userId:w'])
  await decideAll()
  const before = (await storage.identities.head())?.n ?? 0
  const { links } = await undo(['anonymousId:a', 'userId:u'])
  const [batch] = await storage.identities.listBatches(before, 10)
  expect(batch).toMatchObject({ done: true, losers: [homeProfile('userId:u')] })
  expect(batch?.answers.map(({ pair, decision }) => [pair, decision.kind])).toEqual([
    [['anonymousId:a', 'userId:u'], 'split'],
  ])
  expect(batch?.gainers).toEqual([homeProfile('anonymousId:a')])
  expect(links.map(({ decision }) => decision?.kind)).toEqual(['split'])
})

test('a key is taken out of a profile by all its links with it, and what never was linked is LINK_UNKNOWN', async () => {
  const { link, decideAll, undoMerge, partition } = world(defaults)
  await link(['email:x@x.io', 'userId:u'], ['anonymousId:a', 'email:x@x.io'], ['anonymousId:b', 'userId:u'])
  await decideAll()
  const profileId = homeProfile('userId:u')
  const undone = await undoMerge({ kind: 'key', profileId, key: 'email:x@x.io' }, 'test')
  expect(undone.links).toHaveLength(2)
  expect(await partition()).toEqual(['anonymousId:a', 'anonymousId:b userId:u', 'email:x@x.io'])
  for (const target of [
    { kind: 'key', profileId, key: 'email:x@x.io' } as const,
    { kind: 'pair', pair: ['a:1', 'b:2'] } as const,
  ]) {
    await expect(undoMerge(target, 'test')).rejects.toMatchObject({ code: 'LINK_UNKNOWN' })
  }
})

test('whatever comes in whatever batches with undos in between, people are those of deciding all links at once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 14 }), async (steps) => {
      const { storage, link, decideAll, undo, partition, step } = world(tight)
      const linked: PairRow['pair'][] = []
      for (const { pair, next, pick } of steps) {
        if (pair) {
          await link(pair)
          linked.push(pair)
        }
        const target = linked[pick % Math.max(1, linked.length)]
        if (next === 'decide') await step()
        if (next === 'undo' && target) await undo(target)
      }
      await decideAll()
      expect(await partition()).toEqual(await partitionAtOnce(storage.identities, tight))
      expect(await countsOf(storage.identities)).toEqual(await countsAtOnce(storage.identities))
      await expectSettled(storage.identities)
    }),
    { numRuns: 150 },
  )
})

test('a merge undone equals never merged: the same people as if that link had never come', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyPair, { minLength: 1, maxLength: 10 }), fc.nat(), async (pairs, pick) => {
      const undone = pairs[pick % pairs.length] as PairRow['pair']
      const others = pairs.filter((pair) => pairId(pair) !== pairId(undone))
      const [with_, without] = [world(tight), world(tight)]
      await with_.link(...pairs)
      await with_.decideAll()
      await with_.undo(undone)
      await without.link(...others)
      await without.decideAll()
      const expected = await without.partition(undone)
      // Another way that leads from the one key to the other is not taken either: no profile may hold both.
      if (expected.some((group) => undone.every((key) => group.split(' ').includes(key)))) {
        const groups = await with_.partition()
        expect(groups.some((group) => undone.every((key) => group.split(' ').includes(key)))).toBe(false)
      } else expect(await with_.partition()).toEqual(expected)
    }),
    { numRuns: 150 },
  )
})

test('under other rules what was refused is asked again, and a dry run had said what would come of it', async () => {
  const strict: IdentityRules = { ...defaults, maxKeysPerProfile: 2 }
  const before = world(strict)
  await before.link(['anonymousId:a', 'userId:u'], ['email:x@x.io', 'userId:u'])
  await before.decideAll()
  expect(await before.partition()).toEqual(['anonymousId:a userId:u', 'email:x@x.io'])
  const { storage } = before
  await askAgainUnderOtherRules(storage.identities, storage.progress, strict)
  await before.decideAll()

  const said = await dryRunRules(storage.identities, defaults)
  expect(said).toMatchObject({
    links: 2,
    profiles: { now: 2, underRules: 1 },
    splits: { count: 0 },
    merges: {
      count: 1,
      examples: [{ keys: ['anonymousId:a', 'email:x@x.io', 'userId:u'] }],
    },
    decisions: { bind: 2 },
  })
  const after = world(defaults, storage)
  await askAgainUnderOtherRules(storage.identities, storage.progress, defaults)
  await after.decideAll()
  expect(await after.partition()).toEqual(['anonymousId:a email:x@x.io userId:u'])
  await askAgainUnderOtherRules(storage.identities, storage.progress, defaults)
  expect(await storage.identities.findPendingPairs(10)).toEqual([])
})

test('a dry run writes nothing, and says which profiles would split and what would be quarantined', async () => {
  const { storage, link, decideAll, partition } = world(defaults)
  await link(['email:x@x.io', 'userId:u'], ['anonymousId:a', 'email:x@x.io'], ['email:x@x.io', 'userId:v'])
  await decideAll()
  const before = await partition()
  const email = { ...defaults.otherKinds, maxUserIds: 1 }
  const said = await dryRunRules(storage.identities, { ...defaults, kinds: { ...defaults.kinds, email } })
  expect(said).toMatchObject({
    profiles: { now: 2, underRules: 4 },
    splits: {
      count: 1,
      examples: [
        { profile: homeProfile('userId:u'), into: [['anonymousId:a'], ['email:x@x.io'], ['userId:u']] },
      ],
    },
    merges: { count: 0 },
    quarantined: { count: 1, examples: ['email:x@x.io'] },
    decisions: { 'quarantine too-many-user-ids': 3 },
  })
  expect(await partition()).toEqual(before)
  expect((await storage.identities.head())?.n).toBe(1)
})

const anyKey: fc.Arbitrary<IdentityKey> = fc.oneof(
  fc.constantFrom('userId:u', 'userId:v', 'userId:w', 'email:x', 'email:y', 'email:z'),
  fc.constantFrom('anonymousId:a', 'anonymousId:b', 'anonymousId:c', 'crm:blocked-1'),
)
const anyPair = fc
  .tuple(anyKey, anyKey)
  .map(([a, b]) => identityPair(a, b))
  .filter((pair) => pair !== null)
const anyStep = fc.record({
  pair: fc.option(anyPair, { nil: null, freq: 6 }),
  next: fc.constantFrom('nothing', 'nothing', 'decide', 'undo'),
  pick: fc.nat(),
})

test('what is linked with more than can be decided anew stays as it is: a link is refused, an undo not taken', async () => {
  const { storage, link, decideAll, undo, partition } = world(tight, openMemoryStorage(), 3)
  await link(
    ['anonymousId:k', 'crm:1'],
    ['anonymousId:k', 'crm:2'],
    ['anonymousId:k', 'crm:3'],
    ['crm:1', 'crm:4'],
  )
  await decideAll()
  const before = await partition()
  expect(before).toEqual(['anonymousId:k crm:1 crm:2 crm:3 crm:4'])
  // One more would make it shared by too many, and all that it joined be decided anew.
  await link(['anonymousId:k', 'crm:5'])
  await decideAll()
  expect(await partition()).toEqual([...before, 'crm:5'])
  const last = (await allLinks(storage.identities)).find(({ pair }) => pair.includes('crm:5'))
  expect(last).toMatchObject({ pending: false, decision: { kind: 'refuse', reason: 'too-many-linked' } })

  await expect(undo(['anonymousId:k', 'crm:1'])).rejects.toMatchObject({ code: 'BAD_USER_INPUT' })
  expect(await storage.identities.findPendingUndos(10)).toEqual([])
  expect(await partition()).toEqual([...before, 'crm:5'])
})

function world(rules: IdentityRules, storage: Storage = openMemoryStorage(), maxLinked = 10_000) {
  let now = 1_000
  const clock = (): number => now++
  const { identities, profiles, trails } = storage
  const identityLog = createIdentityLog({
    identities,
    materialise: createMaterialise({
      profiles,
      trails,
      identities,
      clock,
      trailLog: createTrailLog(storage, 'GBP'),
      limits: STATE_LIMITS,
    }),
    rules,
    clock,
    maxLinked,
  })
  const undoMerge = createUndoMerge({ identities, profiles, identityLog, clock, onUndone: () => undefined })
  return {
    storage,
    undoMerge,
    step: () => identityLog.step(3),
    link: (...pairs: PairRow['pair'][]) =>
      identities.recordPairs(
        pairs.map(([a, b]) => {
          const at = clock()
          const pair = identityPair(a, b) as PairRow['pair']
          return { id: pairId(pair), pair, event: `e${at}`, at }
        }),
      ),
    decideAll: async (): Promise<void> => {
      for (let i = 0; (await identityLog.step(5)).decided > 0; i++) if (i > 100) throw new Error('no end')
    },
    undo: (pair: PairRow['pair']) =>
      undoMerge({ kind: 'pair', pair: identityPair(...pair) as PairRow['pair'] }, 'test'),
    partition: async (more: readonly IdentityKey[] = []): Promise<string[]> => {
      const keys = [...new Set([...(await allLinks(identities)).flatMap(({ pair }) => pair), ...more])]
      const rows = await identities.rows(keys)
      return groups(keys, (key) => rows.get(key)?.profileId ?? homeProfile(key))
    },
  }
}

function allLinks(identities: IdentityStore): Promise<LinkRecord[]> {
  return identities.listPairs(null, 1_000)
}

function groups(keys: readonly IdentityKey[], profileOf: (key: IdentityKey) => string): string[] {
  const held = new Map<string, IdentityKey[]>()
  for (const key of keys) held.set(profileOf(key), [...(held.get(profileOf(key)) ?? []), key])
  return [...held.values()].map((group) => group.sort().join(' ')).sort()
}

/** The specification: every link in the log's order, all that is undone known from the start. */
async function atOnce(identities: IdentityStore) {
  const links = await allLinks(identities)
  const keys = [...new Set(links.flatMap(({ pair }) => pair))]
  const rows = [...(await identities.rows(keys)).values()]
  const component = { links, rows, undos: await identities.undosOfKeys(keys), closed: new Map() }
  return { keys, component }
}

async function partitionAtOnce(identities: IdentityStore, rules: IdentityRules): Promise<string[]> {
  const { keys, component } = await atOnce(identities)
  const { keys: table } = replayLinks(component, rules)
  return groups(keys, (key) => table.profileOf(key))
}

async function countsOf(identities: IdentityStore): Promise<unknown[]> {
  const { keys } = await atOnce(identities)
  const rows = [...(await identities.rows(keys)).values()]
  return rows.map(({ key, profileId, links, userLinks }: IdentityRow) => [key, profileId, links, userLinks])
}

/** Each key with its profile and how often a link that was not undone names it. */
async function countsAtOnce(identities: IdentityStore): Promise<unknown[]> {
  const { keys, component } = await atOnce(identities)
  const { keys: table } = replayLinks(component, tight)
  return (await identities.rows(keys)).size === keys.length
    ? component.rows.map(({ key }) => {
        const { links, userLinks } = table.counts(key)
        return [key, table.profileOf(key), links, userLinks]
      })
    : ['a key that a link names has no row']
}

async function expectSettled(identities: IdentityStore): Promise<void> {
  const { component } = await atOnce(identities)
  expect(component.links.filter(({ pending, first }) => pending || first === null)).toEqual([])
  // What is recorded about each link is what deciding it at once would say.
  expect(decideAnew(component, tight).answers).toEqual([])
}
