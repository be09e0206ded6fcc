import { homeProfile, splitIdentityKey, type IdentityKey, type ProfileId } from './identity-key.ts'
import type {
  IdentityBatch,
  IdentityRow,
  KeyMove,
  LinkAnswer,
  LinkDecision,
  PairRow,
} from './identity-log.ts'

export interface IdentityRules {
  /** A profile that would hold more keys than this is not made. */
  maxKeysPerProfile: number
}

export const DEFAULT_IDENTITY_RULES: IdentityRules = { maxKeysPerProfile: 100 }

export type LinkDecisions = Pick<IdentityBatch, 'answers' | 'moves' | 'losers' | 'gainers'>

/**
 * Decides links one after the other: a pure function of the pairs in their order, the rows as they stood before, and
 * the rules. `rows` holds every row of a named key and every row that names a profile of such a key; a profile with
 * more keys than its own has a row for each of them, since a key that a link names always gets one.
 */
export function decideLinks(
  pairs: readonly PairRow[],
  rows: Iterable<IdentityRow>,
  rules: IdentityRules,
): LinkDecisions {
  const keys = new KeyTable(rows)
  const answers = pairs.map((row): LinkAnswer => {
    for (const key of row.pair) keys.name(key, row.at)
    return { pairId: row.id, pair: row.pair, event: row.event, decision: decide(row, keys, rules) }
  })
  const moves = keys.moves()
  const moved = moves.filter((move) => move.from !== move.to)
  return {
    answers,
    moves,
    losers: [...new Set(moved.map((move) => move.from))],
    gainers: [...new Set(moved.map((move) => move.to))],
  }
}

function decide({ pair: [a, b] }: PairRow, keys: KeyTable, rules: IdentityRules): LinkDecision {
  const [one, other] = [keys.profileOf(a), keys.profileOf(b)]
  if (one === other) return { kind: 'same' }
  const [ofOne, ofOther] = [keys.keysOf(one), keys.keysOf(other)]
  const [oneIsUser, otherIsUser] = [ofOne.some(isUserId), ofOther.some(isUserId)]
  if (oneIsUser && otherIsUser) return { kind: 'refuse', reason: 'two-user-ids' }
  if (ofOne.length + ofOther.length > rules.maxKeysPerProfile)
    return { kind: 'refuse', reason: 'too-many-keys' }

  const [ageOfOne, ageOfOther] = [keys.age(one), keys.age(other)]
  const oneWins =
    oneIsUser !== otherIsUser ? oneIsUser : ageOfOne !== ageOfOther ? ageOfOne < ageOfOther : one < other
  const [winner, loser] = oneWins ? [one, other] : [other, one]
  keys.merge(winner, loser)
  const reason = oneIsUser !== otherIsUser ? 'has-user-id' : ageOfOne !== ageOfOther ? 'older' : 'smaller-id'
  return { kind: 'merge', winner, loser, reason }
}

function isUserId(key: IdentityKey): boolean {
  return splitIdentityKey(key).kind === 'userId'
}

interface KeyState {
  profileId: ProfileId
  since: number
  /** Where it was before this batch; and whether it has a row already. */
  before: ProfileId
  hasRow: boolean
}

/** Which profile each key belongs to while a batch is being decided. */
class KeyTable {
  readonly #keys = new Map<IdentityKey, KeyState>()
  readonly #members = new Map<ProfileId, Set<IdentityKey>>()
  readonly #named = new Set<IdentityKey>()

  constructor(rows: Iterable<IdentityRow>) {
    for (const row of rows) {
      this.#keys.set(row.key, {
        profileId: row.profileId,
        since: row.since,
        before: row.profileId,
        hasRow: true,
      })
      this.#membersOf(row.profileId).add(row.key)
    }
  }

  /** Makes a key known that a link names: without a row it belongs to its derived profile, from this instant. */
  name(key: IdentityKey, at: number): void {
    this.#named.add(key)
    if (this.#keys.has(key)) return
    const home = homeProfile(key)
    this.#keys.set(key, { profileId: home, since: at, before: home, hasRow: false })
    this.#membersOf(home).add(key)
  }

  profileOf(key: IdentityKey): ProfileId {
    return this.#require(key).profileId
  }

  keysOf(profile: ProfileId): IdentityKey[] {
    return [...this.#membersOf(profile)]
  }

  /** The instant at which the first of its keys was linked. */
  age(profile: ProfileId): number {
    return Math.min(...this.keysOf(profile).map((key) => this.#require(key).since))
  }

  merge(winner: ProfileId, loser: ProfileId): void {
    for (const key of this.keysOf(loser)) {
      this.#require(key).profileId = winner
      this.#membersOf(winner).add(key)
    }
    this.#members.delete(loser)
  }

  moves(): KeyMove[] {
    return [...this.#keys]
      .filter(([key, state]) => state.profileId !== state.before || (this.#named.has(key) && !state.hasRow))
      .map(([key, { before, profileId, since }]) => ({ key, from: before, to: profileId, since }))
  }

  #membersOf(profile: ProfileId): Set<IdentityKey> {
    let members = this.#members.get(profile)
    if (!members) this.#members.set(profile, (members = new Set()))
    return members
  }

  #require(key: IdentityKey): KeyState {
    const state = this.#keys.get(key)
    if (!state) throw new Error(`identity key ${key} was not read before deciding`)
    return state
  }
}
