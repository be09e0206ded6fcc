import { replayLinks, type Component } from './decide-anew.ts'
import { homeProfile, type IdentityKey, type ProfileId } from './identity-key.ts'
import type { IdentityRow, IdentityUndo, LinkDecision, LinkRecord } from './identity-log.ts'
import type { IdentityRules } from './rules.ts'

/** What other rules would make of the recorded links. */
export interface RulesTrial {
  links: number
  /** Profiles of linked identifiers, as they are and as they would be. */
  profiles: { now: number; underRules: number }
  /** Profiles of now whose identifiers would be in several. */
  splits: { count: number; examples: { profile: ProfileId; into: IdentityKey[][] }[] }
  /** Profiles that would hold identifiers of several of now. */
  merges: { count: number; examples: { profiles: ProfileId[]; keys: IdentityKey[] }[] }
  /** Identifiers that would link nobody because too many share them. */
  quarantined: { count: number; examples: IdentityKey[] }
  /** How many links would be decided in each way: `bind`, `drop too-many-of-kind`, … */
  decisions: Record<string, number>
}

export const MAX_EXAMPLES = 10
/** Of one profile in an example. */
export const MAX_EXAMPLE_KEYS = 20

/** Decides all recorded links under these rules, in memory, and compares. Pure. */
export function tryRules(
  recorded: { links: readonly LinkRecord[]; rows: readonly IdentityRow[]; undos: readonly IdentityUndo[] },
  rules: IdentityRules,
): RulesTrial {
  const component: Component = { ...recorded, closed: new Map() }
  const { keys: table, decisions } = replayLinks(component, rules)
  const keys = [...new Set(recorded.links.flatMap(({ pair }) => pair))].sort()
  const rowOf = new Map(recorded.rows.map((row) => [row.key, row]))
  const now = (key: IdentityKey): ProfileId => rowOf.get(key)?.profileId ?? homeProfile(key)
  const then = (key: IdentityKey): ProfileId => table.profileOf(key)

  const [groupsNow, groupsThen] = [groupBy(keys, now), groupBy(keys, then)]
  const splits = [...groupsNow]
    .map(([profile, held]) => ({ profile, into: [...groupBy(held, then).values()] }))
    .filter(({ into }) => into.length > 1)
  const merges = [...groupsThen.values()]
    .map((held) => ({ profiles: [...groupBy(held, now).keys()], keys: held }))
    .filter(({ profiles }) => profiles.length > 1)
  const quarantined = quarantinedKeys(decisions.map(({ decision }) => decision))
  return {
    links: recorded.links.length,
    profiles: { now: groupsNow.size, underRules: groupsThen.size },
    splits: {
      count: splits.length,
      examples: splits.slice(0, MAX_EXAMPLES).map(({ profile, into }) => ({
        profile,
        into: into.slice(0, MAX_EXAMPLE_KEYS).map((held) => held.slice(0, MAX_EXAMPLE_KEYS)),
      })),
    },
    merges: {
      count: merges.length,
      examples: merges.slice(0, MAX_EXAMPLES).map(({ profiles, keys: held }) => ({
        profiles: profiles.slice(0, MAX_EXAMPLE_KEYS),
        keys: held.slice(0, MAX_EXAMPLE_KEYS),
      })),
    },
    quarantined: { count: quarantined.length, examples: quarantined.slice(0, MAX_EXAMPLES) },
    decisions: countDecisions(decisions.map(({ decision }) => decision)),
  }
}

function groupBy(
  keys: readonly IdentityKey[],
  profileOf: (key: IdentityKey) => ProfileId,
): Map<ProfileId, IdentityKey[]> {
  const groups = new Map<ProfileId, IdentityKey[]>()
  for (const key of keys) {
    const id = profileOf(key)
    const group = groups.get(id)
    if (group) group.push(key)
    else groups.set(id, [key])
  }
  return groups
}

function quarantinedKeys(decisions: readonly LinkDecision[]): IdentityKey[] {
  return [
    ...new Set(decisions.flatMap((decision) => (decision.kind === 'quarantine' ? [decision.key] : []))),
  ].sort()
}

function countDecisions(decisions: readonly LinkDecision[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const decision of decisions) {
    const joined = decision.kind === 'same' || decision.kind === 'bind' || decision.kind === 'merge'
    const name = joined ? decision.kind : `${decision.kind} ${decision.reason}`
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}
