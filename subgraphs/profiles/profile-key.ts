import { identityKey, type IdentityKey, type ProfileId } from '../../core/identity/identity-key.ts'
import { normalizeIdentity } from '../../core/identity/identity-value.ts'
import { given } from '../../core/events/given.ts'
import type { Loaders } from '../../loaders/create-loaders.ts'
import { isStorableId } from '../../loaders/storable.ts'
import type { ProfileKey } from '../../schema/generated/profiles.ts'
import type { ProfileModel } from '../../schema/models.ts'
import { badInput } from '../bad-input.ts'

/** Whom a key names. An identity is null where its value cannot identify anybody (`null`, `anonymous`, no e-mail…). */
export type ProfileTarget = { kind: 'id'; id: ProfileId } | { kind: 'identity'; key: IdentityKey | null }

/**
 * @param argument what the key is called in messages: `by`, `by[3]`
 * @param country whose a phone number is that comes without its country's code: ISO 3166-1 alpha-2
 * @throws MonogramError BAD_USER_INPUT unless exactly one form is given
 */
export function parseProfileKey(
  key: ProfileKey,
  argument = 'by',
  country: string | null = null,
): ProfileTarget {
  const { id, kind, value } = key
  const hasId = isGiven(id)
  if (hasId && !isGiven(kind) && !isGiven(value)) return { kind: 'id', id }
  if (hasId || !isGiven(kind) || !isGiven(value)) {
    const given = Object.keys(key).filter((field) => isGiven(key[field as keyof ProfileKey]))
    throw badInput(
      `${argument}: expected { id } or { kind, value }, got ${given.length > 0 ? `{ ${given.join(', ')} }` : 'nothing'}`,
    )
  }
  if (!isStorableId(kind) || kind.includes(':')) {
    throw badInput(
      `${argument}.kind: expected a kind of identity such as userId or email, got ${given(kind)}`,
    )
  }
  const normalized = normalizeIdentity(kind, value, country)
  return { kind: 'identity', key: normalized === null ? null : identityKey(kind, normalized) }
}

/** The profiles of the keys, null where nobody is known: one read of identities and one of profiles for all. */
export async function loadProfiles(
  targets: readonly ProfileTarget[],
  loaders: Loaders,
): Promise<(ProfileModel | null)[]> {
  const ids = await Promise.all(targets.map((target) => findId(target, loaders)))
  return Promise.all(ids.map(async (id) => (id === null ? null : loaders.profiles.load(id))))
}

async function findId(target: ProfileTarget, { profileIds }: Loaders): Promise<ProfileId | null> {
  if (target.kind === 'id') return target.id
  return target.key === null ? null : profileIds.load(target.key)
}

function isGiven(field: string | null | undefined): field is string {
  return field !== null && field !== undefined
}
