import { homeProfile, isUserId, type IdentityKey, type IdentityPair, type ProfileId } from './identity-key.ts'
import type { IdentityRow, KeyMove, LinkCounts } from './identity-log.ts'

interface KeyState {
  profileId: ProfileId
  since: number
  counts: LinkCounts
  /** The row as it stands; null while it has none. */
  row: IdentityRow | null
}

const NO_LINKS: Readonly<LinkCounts> = { links: 0, userLinks: 0, merges: 0 }

/** Which profile each key belongs to while a batch is being decided. */
export class KeyTable {
  readonly #keys = new Map<IdentityKey, KeyState>()
  readonly #members = new Map<ProfileId, Set<IdentityKey>>()

  /** `begin`: where the rows say, or as if no link had ever been decided. */
  constructor(rows: Iterable<IdentityRow>, begin: 'as-decided' | 'anew') {
    for (const row of rows) {
      const profileId = begin === 'anew' ? row.home : row.profileId
      const { links, userLinks, merges } = begin === 'anew' ? NO_LINKS : row
      this.#keys.set(row.key, { profileId, since: row.since, counts: { links, userLinks, merges }, row })
      this.#membersOf(profileId).add(row.key)
    }
  }

  /** Makes a key known that a link names: without a row it belongs to its derived profile, from this instant. */
  name(key: IdentityKey, at: number): void {
    if (this.#keys.has(key)) return
    const home = homeProfile(key)
    this.#keys.set(key, { profileId: home, since: at, counts: { ...NO_LINKS }, row: null })
    this.#membersOf(home).add(key)
  }

  has(key: IdentityKey): boolean {
    return this.#keys.has(key)
  }

  profileOf(key: IdentityKey): ProfileId {
    return this.#require(key).profileId
  }

  keysOf(profile: ProfileId): IdentityKey[] {
    return [...this.#membersOf(profile)]
  }

  isAlone(key: IdentityKey): boolean {
    return this.#membersOf(this.profileOf(key)).size === 1
  }

  since(key: IdentityKey): number {
    return this.#require(key).since
  }

  /** The instant at which the first of its keys was linked. */
  age(profile: ProfileId): number {
    return Math.min(...this.keysOf(profile).map((key) => this.since(key)))
  }

  counts(key: IdentityKey): Readonly<LinkCounts> {
    return this.#require(key).counts
  }

  setCounts(key: IdentityKey, counts: LinkCounts): void {
    this.#require(key).counts = { ...counts }
  }

  countLink([a, b]: IdentityPair): void {
    for (const [key, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const { counts } = this.#require(key)
      counts.links++
      if (isUserId(other)) counts.userLinks++
    }
  }

  mergesOf(profile: ProfileId): number {
    return this.keysOf(profile).reduce((sum, key) => sum + this.#require(key).counts.merges, 0)
  }

  countMerge([first]: IdentityPair): void {
    this.#require(first).counts.merges++
  }

  join(winner: ProfileId, loser: ProfileId): void {
    for (const key of this.keysOf(loser)) {
      this.#require(key).profileId = winner
      this.#membersOf(winner).add(key)
    }
    this.#members.delete(loser)
  }

  /** Each key whose row is to be written: new, in another profile, or with other counts. */
  moves(): KeyMove[] {
    return [...this.#keys]
      .filter(([, { row, profileId, counts }]) => !row || row.profileId !== profileId || differ(row, counts))
      .map(([key, { row, profileId, since, counts }]) => ({
        key,
        from: row?.profileId ?? homeProfile(key),
        to: profileId,
        since,
        ...counts,
      }))
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

function differ(a: LinkCounts, b: LinkCounts): boolean {
  return a.links !== b.links || a.userLinks !== b.userLinks || a.merges !== b.merges
}
