import { hash128 } from '../hash.ts'

/** `kind:value`, the value normalised: `userId:17850`, `email:ada@example.com`. */
export type IdentityKey = string

/** `p_` and 22 characters. Derived from a key, so a newcomer's profile needs no agreement with anybody. */
export type ProfileId = string

/** Two keys named by one event, in code-unit order. */
export type IdentityPair = readonly [IdentityKey, IdentityKey]

/** The profile that a key belongs to for as long as no row names another. */
export function homeProfile(key: IdentityKey): ProfileId {
  return `p_${hash128(key)}`
}

export function identityKey(kind: string, value: string): IdentityKey {
  return `${kind}:${value}`
}

export function splitIdentityKey(key: IdentityKey): { kind: string; value: string } {
  const colon = key.indexOf(':')
  return { kind: key.slice(0, colon), value: key.slice(colon + 1) }
}

export function isUserId(key: IdentityKey): boolean {
  return key.startsWith('userId:')
}

/** Names a pair among all. */
export function pairId([a, b]: IdentityPair): string {
  return hash128(`${a.length}:${a}${b}`)
}

/** A pair in its one written form. Null when both are the same key. */
export function identityPair(a: IdentityKey, b: IdentityKey): IdentityPair | null {
  if (a === b) return null
  return a < b ? [a, b] : [b, a]
}
