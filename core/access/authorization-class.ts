import { createHash } from 'node:crypto'
import type { Principal } from './principal.ts'

/**
 * Who may share one answer of a subgraph: principals of the same class see the same in what is not private. It covers
 * whatever decides what a subgraph shows or may do (today the scopes, and whether it is
 * known who asks; nothing else of a principal is forwarded), so that a new such thing (a contract, a row filter, a purpose, credentials sent on) has to be added here.
 *
 * @param isPrivate for a selection that depends on the person or key itself: then the class has one member.
 */
export function authorizationClassOf(principal: Principal, isPrivate: boolean): string {
  const known = isPrivate ? privateClasses : sharedClasses
  const present = known.get(principal)
  if (present !== undefined) return present
  const made = hash(partsOf(principal, isPrivate))
  known.set(principal, made)
  return made
}

/** Principals are not changed once they are made, so each object's classes are computed once. */
const sharedClasses = new WeakMap<Principal, string>()
const privateClasses = new WeakMap<Principal, string>()

/** Where a principal is made anew for each request, its hash is still known. */
const hashes = new Map<string, string>()
const MAX_HASHES = 1_000

function partsOf({ kind, id, scopes }: Principal, isPrivate: boolean): string[] {
  const known = kind === 'anonymous' ? 'anonymous' : 'authenticated'
  const parts = [known, ...[...new Set(scopes)].toSorted()]
  return isPrivate ? [...parts, 'private', kind, id] : parts
}

/** With the length before each part, so that no two lists give the same text. */
function hash(parts: readonly string[]): string {
  const text = parts.map((part) => `${part.length}:${part}`).join('')
  const known = hashes.get(text)
  if (known !== undefined) return known
  const made = createHash('sha256').update(text).digest('base64url')
  if (hashes.size >= MAX_HASHES) hashes.clear()
  hashes.set(text, made)
  return made
}
