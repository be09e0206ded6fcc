import { createHash } from 'node:crypto'

/** The first 16 bytes of SHA-256 in base64url: 22 characters, 128 bits. */
export function hash128(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}

/** Joins parts so that no two different lists give the same text: each part is preceded by its length. */
export function lengthPrefixed(parts: readonly string[]): string {
  return parts.map((part) => `${part.length}:${part}`).join('')
}
