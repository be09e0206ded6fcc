import { decideLink, inertness, type LinkLaw } from './decide-link.ts'
import { forbiddenPairs } from './forbidden-pairs.ts'
import { isUserId, type IdentityKey } from './identity-key.ts'
import type { IdentityBatch, IdentityRow, IdentityUndo, LinkAnswer, LinkRecord } from './identity-log.ts'
import { KeyTable } from './key-table.ts'
import { compileRules, type IdentityRules } from './rules.ts'

export type LinkDecisions = Pick<IdentityBatch, 'answers' | 'moves' | 'losers' | 'gainers'>

/** What the store knows of the keys that are decided upon. */
export interface KnownKeys {
  /**
   * Every row of a named key and every row that names a profile of such a key; a profile with more keys than its own
   * has a row for each of them, since a key that a link names always gets one.
   */
  rows: Iterable<IdentityRow>
  /** Every undo that was carried out between two of these keys. */
  undos: Iterable<IdentityUndo>
}

/**
 * Decides new links one after the other: a pure function of the links in their order, what is known, and the rules. It
 * stops before a link that concerns earlier decisions (an identifier turns out to be shared by too many, or a link is
 * asked again), and names it: what is linked with it has to be decided anew.
 */
export function decideLinks(
  links: readonly LinkRecord[],
  known: KnownKeys,
  rules: IdentityRules,
): LinkDecisions & { stoppedAt: LinkRecord | null } {
  const keys = new KeyTable(known.rows, 'as-decided')
  const law: LinkLaw = { rules: compileRules(rules), forbidden: forbiddenPairs(known.undos) }
  const answers: LinkAnswer[] = []
  let stoppedAt: LinkRecord | null = null
  for (const link of links) {
    if (concernsEarlier(link, keys, law)) {
      stoppedAt = link
      break
    }
    for (const key of link.pair) keys.name(key, link.at)
    if (!law.forbidden.get(link.pair)) keys.countLink(link.pair)
    answers.push(answer(link, decideLink(link.pair, keys, law)))
  }
  return { ...outcome(answers, keys), stoppedAt }
}

/**
 * Refuses a link that would have to be decided together with more than can be: both keys stay where they are, and so does
 * all that was decided before.
 */
export function refuseLink(link: LinkRecord, known: KnownKeys): LinkDecisions {
  const keys = new KeyTable(known.rows, 'as-decided')
  for (const key of link.pair) keys.name(key, link.at)
  if (link.first === null) keys.countLink(link.pair)
  return outcome([answer(link, { kind: 'refuse', reason: 'too-many-linked' })], keys)
}

export function answer({ id, pair, event }: LinkRecord, decision: LinkAnswer['decision']): LinkAnswer {
  return { pairId: id, pair, event, decision }
}

/** The rows to write, and the profiles that lose or gain a key by them. */
export function outcome(answers: LinkAnswer[], keys: KeyTable): LinkDecisions {
  const moves = keys.moves()
  const moved = moves.filter((move) => move.from !== move.to)
  return {
    answers,
    moves,
    losers: [...new Set(moved.map((move) => move.from))],
    gainers: [...new Set(moved.map((move) => move.to))],
  }
}

function concernsEarlier({ first, pair: [a, b] }: LinkRecord, keys: KeyTable, law: LinkLaw): boolean {
  if (first !== null) return true
  if (law.forbidden.get([a, b])) return false
  return isTurning(a, b) || isTurning(b, a)

  function isTurning(key: IdentityKey, other: IdentityKey): boolean {
    if (!keys.has(key) || keys.isAlone(key)) return false
    const { links, userLinks, merges } = keys.counts(key)
    const counts = { links: links + 1, userLinks: userLinks + Number(isUserId(other)), merges }
    return inertness(key, counts, law.rules) !== null
  }
}
