import { identityPair, type IdentityKey } from '../../core/identity/identity-key.ts'
import { compareLinks, type LinkDecision, type LinkRecord } from '../../core/identity/identity-log.ts'
import type { UndoTarget } from '../../core/identity/undo-merge.ts'
import type { ProfileView } from '../../core/profile/profile.ts'
import type { Loaders } from '../../loaders/create-loaders.ts'
import type { LinkDecisionKind, MutationUndoMergeArgs } from '../../schema/generated/profiles.ts'
import { badInput } from '../bad-input.ts'
import { parseProfileKey } from './profile-key.ts'

/** The links that name an identifier of the profile, each once, in the order in which they were decided. */
export async function linksOf(view: ProfileView, { keyLinks }: Loaders): Promise<LinkRecord[]> {
  const links = new Map<string, LinkRecord>()
  for (const each of await Promise.all(view.identities.map((key) => keyLinks.load(key)))) {
    for (const link of each) links.set(link.id, link)
  }
  return [...links.values()].sort(compareLinks)
}

export function decisionKind({ decision, pending }: LinkRecord): LinkDecisionKind {
  if (decision === null || pending) return 'PENDING'
  const names: Record<LinkDecision['kind'], LinkDecisionKind> = {
    same: 'SAME',
    bind: 'BIND',
    merge: 'MERGE',
    drop: 'DROP',
    refuse: 'REFUSE',
    split: 'SPLIT',
    quarantine: 'QUARANTINE',
  }
  return names[decision.kind]
}

/** In words: `older`, `too-many-of-kind userId`. */
export function reasonOf({ decision }: LinkRecord): string | null {
  if (decision === null || decision.kind === 'same') return null
  return 'of' in decision ? `${decision.reason} ${decision.of}` : decision.reason
}

/** The identifier that joined, gave way or is shared by too many. */
export function concernedKey({ decision }: LinkRecord): IdentityKey | null {
  return decision !== null && 'key' in decision ? decision.key : null
}

/** @throws MonogramError BAD_USER_INPUT unless it is two identifiers, or one of a profile */
export function undoTarget(
  { identities, profile }: MutationUndoMergeArgs,
  country: string | null,
): UndoTarget {
  const keys = identities.map((identity, i) => {
    const target = parseProfileKey(identity, `identities[${i}]`, country)
    if (target.kind === 'identity' && target.key !== null) return target.key
    throw badInput(`identities[${i}]: expected a value that can identify somebody`)
  })
  const [a, b] = keys
  if (a !== undefined && keys.length === 1 && typeof profile === 'string') {
    return { kind: 'key', profileId: profile, key: a }
  }
  const pair = keys.length === 2 && a !== undefined && b !== undefined ? identityPair(a, b) : null
  if (pair !== null && typeof profile !== 'string') return { kind: 'pair', pair }
  throw badInput(
    'identities: expected two different identifiers, or one of them beside the id of the profile that it is to leave',
  )
}
