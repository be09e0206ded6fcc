import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hash128 } from '../hash.ts'
import { decideLinks, DEFAULT_IDENTITY_RULES } from './decide-links.ts'
import { homeProfile, identityPair, type IdentityKey } from './identity-key.ts'
import type { IdentityRow, PairRow } from './identity-log.ts'

const rules = DEFAULT_IDENTITY_RULES

test('an anonymous key joins the profile of the user id it was named with', () => {
  const decided = decideLinks([link('anonymousId:a', 'userId:u', 10)], [], rules)
  expect(decided.answers[0]?.decision).toEqual({
    kind: 'merge',
    winner: homeProfile('userId:u'),
    loser: homeProfile('anonymousId:a'),
    reason: 'has-user-id',
  })
  expect(new Set(decided.moves.map((move) => move.key))).toEqual(new Set(['anonymousId:a', 'userId:u']))
  expect(decided.losers).toEqual([homeProfile('anonymousId:a')])
  expect(decided.gainers).toEqual([homeProfile('userId:u')])
})

test('two user ids never share a profile: an e-mail stays with the first and the second link is refused', () => {
  const decided = decideLinks(
    [link('email:shared@example.com', 'userId:1', 1), link('email:shared@example.com', 'userId:2', 2)],
    [],
    rules,
  )
  expect(decided.answers.map((answer) => answer.decision.kind)).toEqual(['merge', 'refuse'])
  expect(decided.moves.find((move) => move.key === 'email:shared@example.com')?.to).toBe(
    homeProfile('userId:1'),
  )
  expect(decided.moves.find((move) => move.key === 'userId:2')?.to).toBe(homeProfile('userId:2'))
})

test('without a user id the older profile wins', () => {
  const first = decideLinks([link('anonymousId:b', 'email:x@example.com', 5)], [], rules)
  const rows = rowsOf(first.moves, 1)
  const second = decideLinks([link('anonymousId:a', 'anonymousId:b', 9)], rows, rules)
  expect(second.answers[0]?.decision).toMatchObject({
    kind: 'merge',
    reason: 'older',
    loser: homeProfile('anonymousId:a'),
  })
})

test('a profile does not grow past the limit of keys', () => {
  const pairs = Array.from({ length: 5 }, (_, i) => link('email:x@example.com', `anonymousId:${i}`, i))
  const decided = decideLinks(pairs, [], { maxKeysPerProfile: 3 })
  expect(decided.answers.map((answer) => answer.decision.kind)).toEqual([
    'merge',
    'merge',
    'refuse',
    'refuse',
    'refuse',
  ])
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

function link(a: IdentityKey, b: IdentityKey, at: number): PairRow {
  const pair = identityPair(a, b)
  if (!pair) throw new Error('a link needs two keys')
  return { id: hash128(pair.join(' ')), pair, event: `e${at}`, at }
}

function rowsOf(moves: ReturnType<typeof decideLinks>['moves'], seq: number): IdentityRow[] {
  return moves.map(({ key, to, since }) => ({ key, home: homeProfile(key), profileId: to, seq, since }))
}

function decideInBatches(pairs: PairRow[], size: number): Map<IdentityKey, string> {
  const rows = new Map<IdentityKey, IdentityRow>()
  for (let i = 0, n = 1; i < pairs.length; i += size, n++) {
    const { moves } = decideLinks(pairs.slice(i, i + size), rows.values(), rules)
    for (const row of rowsOf(moves, n)) rows.set(row.key, row)
  }
  return new Map([...rows.values()].map((row) => [row.key, row.profileId] as const))
}

function partition(profiles: Map<IdentityKey, string>): string[] {
  const groups = new Map<string, IdentityKey[]>()
  for (const [key, profile] of profiles) groups.set(profile, [...(groups.get(profile) ?? []), key])
  return [...groups.values()].map((group) => group.sort().join(' ')).sort()
}
