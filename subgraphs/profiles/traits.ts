import { splitIdentityKey } from '../../core/identity/identity-key.ts'
import { normalizeIdentity } from '../../core/identity/identity-value.ts'
import { isJsonObject, type JsonValue } from '../../core/json.ts'
import type { ProfileView } from '../../core/profile/profile.ts'
import type { Consent } from '../../schema/generated/profiles.ts'

export function getTrait(view: ProfileView, key: string): JsonValue {
  return Object.hasOwn(view.traits, key) ? (view.traits[key] ?? null) : null
}

/** A trait that is text; null for one of another type, since no reader of it expects that. */
export function textTrait(view: ProfileView, key: string): string | null {
  const value = getTrait(view, key)
  return typeof value === 'string' && value !== '' ? value : null
}

/** Own entries whatever they are called, `__proto__` too. */
export function pickTraits(view: ProfileView, keys: readonly string[]): JsonValue {
  return Object.fromEntries(
    keys.filter((key) => Object.hasOwn(view.traits, key)).map((key) => [key, getTrait(view, key)]),
  )
}

/** The trait `email` where it is an address, else the first address that the person is known by. */
export function emailOf(view: ProfileView): string | null {
  const trait = textTrait(view, 'email')
  const email = trait === null ? null : normalizeIdentity('email', trait)
  if (email !== null) return email
  const key = view.identities.find((identity) => splitIdentityKey(identity).kind === 'email')
  return key === undefined ? null : splitIdentityKey(key).value
}

/** From the trait `consent`, an object of purposes with true or false. */
export function consentTo(view: ProfileView, purpose: string): Consent | null {
  const consent = getTrait(view, 'consent')
  if (!isJsonObject(consent) || !Object.hasOwn(consent, purpose)) return null
  const granted = consent[purpose]
  return typeof granted === 'boolean' ? { purpose, granted, at: null } : null
}
