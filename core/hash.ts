import { hash } from 'node:crypto'

/** SHA-256 in base64url: 43 characters. */
export function sha256(text: string): string {
  return hash('sha256', text, 'base64url')
}

/** The first 16 bytes of SHA-256 in base64url: 22 characters, 128 bits. */
export function hash128(text: string): string {
  return sha256(text).slice(0, 22)
}

/** Joins parts so that no two different lists give the same text: each part is preceded by its length. */
export function lengthPrefixed(parts: readonly string[]): string {
  let text = ''
  for (const part of parts) text += `${part.length}:${part}`
  return text
}
