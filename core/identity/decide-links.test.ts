import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hash128 } from '../hash.ts'
import { decideLinks } from './decide-links.ts'
import { homeProfile, identityPair, type IdentityKey } from './identity-key.ts'
import type { IdentityRow, IdentityUndo, LinkRecord } from './identity-log.ts'
import { DEFAULT_IDENTITY_RULES, type IdentityRules, type KindRules } from './rules.ts'

const rules = DEFAULT_IDENTITY_RULES

function decide(links: readonly LinkRecord[], under: Partial<IdentityRules> = {}, rows: IdentityRow[] = []) {
  return decideLinks(links, { rows, undos: [] }, { ...rules, ...under })
}

test('an anonymous key joins the profile of the user id it was named with', () => {
  const decided = decide([link('anonymousId:a', 'userId:u', 10)])
  expect(decided.answers[0]?.decision).toEqual({
    kind: 'bind',
    key: 'anonymousId:a',
    winner: homeProfile('userId:u'),
    loser: homeProfile('anonymousId:a'),
    reason: 'has-user-id',
  })
  expect(new Set(decided.moves.map((move) => move.key))).toEqual(new Set(['anonymousId:a', 'userId:u']))
  expect(decided.losers).toEqual([homeProfile('anonymousId:a')])
  expect(decided.gainers).toEqual([homeProfile('userId:u')])
})

test('two user ids never share a profile: an e-mail stays with the first and is dropped from the second link', () => {
  const decided = decide([
    link('email:shared@example.com', 'userId:1', 1),
    link('email:shared@example.com', 'userId:2', 2),
  ])
  expect(decided.answers.map((answer) => answer.decision)).toMatchObject([
    { kind: 'bind', key: 'email:shared@example.com' },
    { kind: 'drop', key: 'email:shared@example.com', reason: 'too-many-of-kind', of: 'userId' },
  ])
  expect(decided.moves.find((move) => move.key === 'email:shared@example.com')?.to).toBe(
    homeProfile('userId:1'),
  )
  expect(decided.moves.find((move) => move.key === 'userId:2')?.to).toBe(homeProfile('userId:2'))
})

test('without a user id the older profile wins', () => {
  const first = decide([link('anonymousId:b', 'email:x@example.com', 5)])
  const rows = rowsOf(first.moves, 1)
  const second = decide([link('anonymousId:a', 'anonymousId:b', 9)], {}, rows)
  expect(second.answers[0]?.decision).toMatchObject({
    kind: 'bind',
    key: 'anonymousId:a',
    reason: 'older',
    loser: homeProfile('anonymousId:a'),
  })
})

test('a profile does not grow past the limit of keys', () => {
  const pairs = Array.from({ length: 5 }, (_, i) => link('email:x@example.com', `anonymousId:${i}`, i))
  const decided = decide(pairs, { maxKeysPerProfile: 3 })
  expect(decided.answers.map((answer) => answer.decision.kind)).toEqual([
    'bind',
    'bind',
    'refuse',
    'refuse',
    'refuse',
  ])
})

test('a profile holds no more of a kind than the rules say; of a link the lower priority gives way', () => {
  const few: KindRules = { ...rules.otherKinds, maxPerProfile: 1 }
  const decided = decide(
    [link('phone:+1', 'userId:u', 1), link('phone:+2', 'userId:u', 2), link('crm:1', 'phone:+2', 3)],
    { kinds: { ...rules.kinds, phone: { ...few, priority: 60 } } },
  )
  expect(decided.answers[1]?.decision).toEqual({
    kind: 'drop',
    key: 'phone:+2',
    reason: 'too-many-of-kind',
    of: 'phone',
  })
  expect(decided.answers[2]?.decision.kind).toBe('bind')
})

test('a blocked value links nobody', () => {
  const decided = decide([link('email:info@shop.io', 'userId:u', 1)], { blocked: ['INFO@*'] })
  expect(decided.answers[0]?.decision).toEqual({ kind: 'drop', key: 'email:info@shop.io', reason: 'blocked' })
  expect(decided.moves.every(({ from, to }) => from === to)).toBe(true)
})

test('a profile does not go through more merges than the rules say', () => {
  const twos = ['a', 'b', 'c'].map((x, i) => link(`anonymousId:${x}`, `crm:${x}`, i))
  const joins = [link('crm:a', 'crm:b', 5), link('crm:b', 'crm:c', 6)]
  const decided = decide([...twos, ...joins], { maxMergesPerProfile: 1 })
  expect(decided.answers.slice(3).map(({ decision }) => decision)).toMatchObject([
    { kind: 'merge' },
    { kind: 'refuse', reason: 'too-many-merges' },
  ])
})

test('what was undone is not joined again, neither by its link nor by another', () => {
  const undone = link('anonymousId:kiosk', 'userId:u', 1)
  const undo: IdentityUndo = { id: undone.id, pair: undone.pair, by: 'key-1', at: 9 }
  const links = [undone, link('anonymousId:kiosk', 'email:x@x.io', 2), link('email:x@x.io', 'userId:u', 3)]
  const decided = decideLinks(links, { rows: [], undos: [undo] }, rules)
  expect(decided.answers.map(({ decision }) => decision)).toMatchObject([
    { kind: 'split', reason: 'undone', by: 'key-1', at: 9 },
    { kind: 'bind' },
    { kind: 'refuse', reason: 'undone-elsewhere' },
  ])
})

test('an identifier that turns out to be shared by too many stops the batch before its link', () => {
  const links = Array.from({ length: 7 }, (_, i) => link('email:team@x.io', `userId:${i}`, i))
  const decided = decide(links)
  expect(decided.answers).toHaveLength(5)
  expect(decided.stoppedAt).toEqual(links[5])
  expect(decided.moves.map(({ key }) => key)).not.toContain('userId:5')
})

test('a link that is asked again stops the batch: what it is linked with is decided anew', () => {
  const again = { ...link('email:x@x.io', 'userId:u', 1), first: 1, batch: 1 }
  expect(decide([again])).toMatchObject({ answers: [], moves: [], stoppedAt: again })
})

test('links decided in one batch or in many give the same rows', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(anyKey, anyKey), { maxLength: 12 }),
      fc.integer({ min: 1, max: 12 }),
      (raw, size) => {
        const pairs = raw.flatMap(([a, b], i) => (a === b ? [] : [link(a, b, i)]))
        expect(decideInBatches(pairs, size)).toEqual(decideInBatches(pairs, pairs.length || 1))
      },
    ),
  )
})

test('without limits the people are the same in whatever order the links come', () => {
  const keys = fc.constantFrom('anonymousId:a', 'anonymousId:b', 'email:c@x.io', 'phone:+1', 'userId:u')
  fc.assert(
    fc.property(
      fc.array(fc.tuple(keys, keys), { maxLength: 10 }),
      fc.infiniteStream(fc.nat()),
      (raw, random) => {
        const pairs = raw.flatMap(([a, b], i) => (a === b ? [] : [link(a, b, i)]))
        const shuffled = pairs
          .map((pair) => ({ pair, order: random.next().value as number }))
          .sort((a, b) => a.order - b.order)
          .map(({ pair }) => pair)
        expect(partition(decideInBatches(shuffled, 3))).toEqual(partition(decideInBatches(pairs, 3)))
      },
    ),
  )
})

const anyKey = fc.constantFrom('anonymousId:a', 'anonymousId:b', 'email:c@x.io', 'userId:u', 'userId:v')

function link(a: IdentityKey, b: IdentityKey, at: number): LinkRecord {
  const pair = identityPair(a, b)
  if (!pair) throw new Error('a link needs two keys')
  const undecided = { pending: true, first: null, batch: null, decision: null }
  return { id: hash128(pair.join(' ')), pair, event: `e${at}`, at, ...undecided }
}

function rowsOf(moves: ReturnType<typeof decideLinks>['moves'], seq: number): IdentityRow[] {
  return moves.map(({ from: _from, to, ...move }) => ({
    ...move,
    home: homeProfile(move.key),
    profileId: to,
    seq,
  }))
}

function decideInBatches(pairs: LinkRecord[], size: number): Map<IdentityKey, string> {
  const rows = new Map<IdentityKey, IdentityRow>()
  for (let i = 0, n = 1; i < pairs.length; i += size, n++) {
    const { moves } = decide(pairs.slice(i, i + size), {}, [...rows.values()])
    for (const row of rowsOf(moves, n)) rows.set(row.key, row)
  }
  return new Map([...rows.values()].map((row) => [row.key, row.profileId] as const))
}

function partition(profiles: Map<IdentityKey, string>): string[] {
  const groups = new Map<string, IdentityKey[]>()
  for (const [key, profile] of profiles) groups.set(profile, [...(groups.get(profile) ?? []), key])
  return [...groups.values()].map((group) => group.sort().join(' ')).sort()
}
