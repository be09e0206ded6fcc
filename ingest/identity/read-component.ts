import type { Component } from '../../core/identity/decide-anew.ts'
import { inertness } from '../../core/identity/decide-link.ts'
import { isUserId, type IdentityKey } from '../../core/identity/identity-key.ts'
import type { IdentityRow, IdentityUndo, LinkCounts, LinkRecord } from '../../core/identity/identity-log.ts'
import { compileRules, type IdentityRules } from '../../core/identity/rules.ts'
import type { IdentityStore } from '../../storage/ports.ts'

/** What is to be decided together with all that it is linked with. */
export interface Concern {
  undos: readonly IdentityUndo[]
  /** A pending link. */
  link: LinkRecord | null
}

/** Links that are decided anew together: some 10 MB while it is done. */
export const MAX_LINKED = 10_000

/**
 * Reads everything that is linked with what is concerned, over refused links too. An identifier that links nobody (it
 * is blocked, or shared by too many) is where the walk ends, so that one kiosk does not draw in everybody who used it.
 * Null when that is more than `maxLinks`.
 */
export async function readComponent(
  identities: IdentityStore,
  { undos, link }: Concern,
  rules: IdentityRules,
  maxLinks = MAX_LINKED,
): Promise<Component | null> {
  const law = compileRules(rules)
  const rows = new Map<IdentityKey, IdentityRow>()
  const links = new Map<string, LinkRecord>()
  const closed = new Map<IdentityKey, LinkCounts>()
  const seen = new Set<IdentityKey>()

  const undone = (await identities.pairs(undos.map(({ id }) => id))).filter(({ first }) => first !== null)
  for (const each of link ? [...undone, link] : undone) links.set(each.id, each)
  const added = link?.first === null ? [link] : []

  let frontier = [...new Set([...undos, ...added, ...links.values()].flatMap(({ pair }) => pair))]
  while (frontier.length > 0) {
    for (const key of frontier) seen.add(key)
    const members = await readRows(frontier)
    const open = frontier.filter((key) => !isClosed(key))
    // Their rows count the links: no more are read than may be.
    const linked = open.reduce((sum, key) => sum + (rows.get(key)?.links ?? 0), 0)
    if (linked > 2 * maxLinks) return null
    const found = (await identities.pairsOfKeys(open)).filter(({ first }) => first !== null)
    for (const each of found) links.set(each.id, each)
    if (links.size > maxLinks) return null
    const next = new Set([...members, ...found.flatMap(({ pair }) => pair)])
    frontier = [...next].filter((key) => !seen.has(key))
  }
  const carriedOut = (await identities.undosOfKeys([...seen])).filter(({ batch }) => batch !== null)
  return { rows: rows.values(), links: [...links.values()], closed, undos: [...carriedOut, ...undos] }

  /** The rows of the keys and of the profiles that they are in; returns the keys of those. */
  async function readRows(keys: readonly IdentityKey[]): Promise<IdentityKey[]> {
    const own = await identities.rows(keys)
    const profiles = new Set([...own.values()].map(({ profileId }) => profileId))
    const all = [...own.values(), ...(await identities.rowsOfProfiles([...profiles]))]
    for (const row of all) rows.set(row.key, row)
    return all.map(({ key }) => key)
  }

  function isClosed(key: IdentityKey): boolean {
    const counts = countsOf(key)
    if (!inertness(key, counts, law) || !isAlone(key)) return false
    closed.set(key, counts)
    return true
  }

  function isAlone(key: IdentityKey): boolean {
    const profileId = rows.get(key)?.profileId
    for (const row of rows.values()) if (row.profileId === profileId && row.key !== key) return false
    return true
  }

  /** What a key's links come to without those that are being undone, and with the one that is new. */
  function countsOf(key: IdentityKey): LinkCounts {
    const { links: count, userLinks } = rows.get(key) ?? { links: 0, userLinks: 0 }
    const counts: LinkCounts = { links: count, userLinks, merges: 0 }
    for (const { pair } of undone) add(counts, key, pair, -1)
    for (const { pair } of added) add(counts, key, pair, 1)
    return counts
  }
}

function add(counts: LinkCounts, key: IdentityKey, pair: readonly IdentityKey[], sign: 1 | -1): void {
  if (!pair.includes(key)) return
  counts.links += sign
  if (pair.some((other) => other !== key && isUserId(other))) counts.userLinks += sign
}
