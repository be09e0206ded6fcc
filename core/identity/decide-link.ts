import type { ForbiddenPairs } from './forbidden-pairs.ts'
import { isUserId, splitIdentityKey, type IdentityKey, type IdentityPair } from './identity-key.ts'
import type { LinkCounts, LinkDecision, MergeReason } from './identity-log.ts'
import type { KeyTable } from './key-table.ts'
import type { CompiledRules } from './rules.ts'

export interface LinkLaw {
  rules: CompiledRules
  forbidden: ForbiddenPairs
}

/** Decides one link, whose counts are in the table already, and carries it out there. */
export function decideLink(pair: IdentityPair, keys: KeyTable, { rules, forbidden }: LinkLaw): LinkDecision {
  const undo = forbidden.get(pair)
  if (undo) return { kind: 'split', reason: 'undone', by: undo.by, at: undo.at }
  for (const key of pair) {
    const inert = inertness(key, keys.counts(key), rules)
    if (inert) return inert
  }
  const [one, other] = [keys.profileOf(pair[0]), keys.profileOf(pair[1])]
  if (one === other) return { kind: 'same' }
  const [ofOne, ofOther] = [keys.keysOf(one), keys.keysOf(other)]
  if (forbidden.areBetween(ofOne, ofOther)) return { kind: 'refuse', reason: 'undone-elsewhere' }
  const tooMany = kindBeyondLimit([...ofOne, ...ofOther], rules)
  if (tooMany !== null) {
    return { kind: 'drop', key: weaker(pair, keys, rules), reason: 'too-many-of-kind', of: tooMany }
  }
  if (ofOne.length + ofOther.length > rules.maxKeysPerProfile) {
    return { kind: 'refuse', reason: 'too-many-keys' }
  }
  const lone = ofOne.length === 1 ? pair[0] : ofOther.length === 1 ? pair[1] : null
  if (lone === null) {
    const merges = keys.mergesOf(one) + keys.mergesOf(other) + 1
    if (rules.maxMergesPerProfile !== null && merges > rules.maxMergesPerProfile) {
      return { kind: 'refuse', reason: 'too-many-merges' }
    }
    keys.countMerge(pair)
  }
  const [oneIsUser, otherIsUser] = [ofOne.some(isUserId), ofOther.some(isUserId)]
  const [ageOfOne, ageOfOther] = [keys.age(one), keys.age(other)]
  const reason: MergeReason =
    oneIsUser !== otherIsUser ? 'has-user-id' : ageOfOne !== ageOfOther ? 'older' : 'smaller-id'
  const oneWins = { 'has-user-id': oneIsUser, older: ageOfOne < ageOfOther, 'smaller-id': one < other }[
    reason
  ]
  const [winner, loser] = oneWins ? [one, other] : [other, one]
  keys.join(winner, loser)
  return lone === null
    ? { kind: 'merge', winner, loser, reason }
    : { kind: 'bind', key: lone, winner, loser, reason }
}

/** Why a key links nobody, whatever else is decided: its value is blocked, or too many share it. Null when it may link. */
export function inertness(key: IdentityKey, counts: LinkCounts, rules: CompiledRules): LinkDecision | null {
  if (rules.isBlocked(key)) return { kind: 'drop', key, reason: 'blocked' }
  const { maxUserIds, maxLinks } = rules.ofKey(key)
  if (maxUserIds !== null && counts.userLinks > maxUserIds) {
    return { kind: 'quarantine', key, reason: 'too-many-user-ids' }
  }
  if (maxLinks !== null && counts.links > maxLinks) {
    return { kind: 'quarantine', key, reason: 'too-many-links' }
  }
  return null
}

/** The first kind, in the order of the keys, of which these are more than one profile may hold. */
function kindBeyondLimit(keys: readonly IdentityKey[], rules: CompiledRules): string | null {
  const counts = new Map<string, number>()
  for (const key of keys) {
    const { kind } = splitIdentityKey(key)
    const count = (counts.get(kind) ?? 0) + 1
    counts.set(kind, count)
  }
  const beyond = [...counts.keys()].filter((kind) => {
    const { maxPerProfile } = rules.ofKey(`${kind}:`)
    return maxPerProfile !== null && (counts.get(kind) ?? 0) > maxPerProfile
  })
  return beyond.sort((a, b) => rules.ofKey(`${b}:`).priority - rules.ofKey(`${a}:`).priority)[0] ?? null
}

/** Which key of a link gives way: the one of the lower priority, else the one that was linked later, else the greater. */
function weaker([a, b]: IdentityPair, keys: KeyTable, rules: CompiledRules): IdentityKey {
  const [first, second] = [rules.ofKey(a).priority, rules.ofKey(b).priority]
  if (first !== second) return first < second ? a : b
  return keys.since(a) > keys.since(b) ? a : b
}
