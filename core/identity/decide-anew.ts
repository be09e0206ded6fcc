import { sameJson } from '../json.ts'
import { decideLink, type LinkLaw } from './decide-link.ts'
import { answer, outcome, type KnownKeys, type LinkDecisions } from './decide-links.ts'
import { forbiddenPairs } from './forbidden-pairs.ts'
import type { IdentityKey } from './identity-key.ts'
import { compareLinks, type LinkCounts, type LinkDecision, type LinkRecord } from './identity-log.ts'
import { KeyTable } from './key-table.ts'
import { compileRules, type IdentityRules } from './rules.ts'

/** Keys and all that links them with each other, whatever was decided about it. */
export interface Component extends KnownKeys {
  /** Every link that names one of the keys, but for those of which one key is closed and the other is elsewhere. */
  links: readonly LinkRecord[]
  /** Keys that link nobody, under these rules too, with what all their links come to, those to be decided now as well. */
  closed: ReadonlyMap<IdentityKey, LinkCounts>
}

/**
 * Decides all links of a component from the beginning, in the log's order, with everything that was undone and every
 * identifier that is shared by too many known from the start: as if those had never linked anybody. Pure. Answers are
 * the links on which the decision is new, is another, or was asked for.
 */
export function decideAnew(component: Component, rules: IdentityRules): LinkDecisions {
  const { keys, decisions } = replayLinks(component, rules)
  const answers = decisions
    .filter(({ link, decision }) => link.pending || !sameJson(link.decision, decision))
    .map(({ link, decision }) => answer(link, decision))
  return outcome(answers, keys)
}

/** What would be decided on each link, and where that leaves the keys. */
export function replayLinks(
  component: Component,
  rules: IdentityRules,
): { keys: KeyTable; decisions: { link: LinkRecord; decision: LinkDecision }[] } {
  const keys = new KeyTable(component.rows, 'anew')
  const law: LinkLaw = { rules: compileRules(rules), forbidden: forbiddenPairs(component.undos) }
  const links = [...component.links].sort(compareLinks)
  for (const link of links) {
    for (const key of link.pair) keys.name(key, link.at)
    if (!law.forbidden.get(link.pair)) keys.countLink(link.pair)
  }
  for (const [key, counts] of component.closed) {
    if (keys.has(key)) keys.setCounts(key, counts)
  }
  return { keys, decisions: links.map((link) => ({ link, decision: decideLink(link.pair, keys, law) })) }
}
