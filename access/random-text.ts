import { BASE62 } from '../core/crc32.ts'

/** A source of cryptographic randomness: `randomBytes` of node:crypto. */
export type RandomBytes = (bytes: number) => Uint8Array

/** Base-62 text in which every character is equally likely: bytes from 248 up are thrown away, not folded. */
export function randomBase62(length: number, randomBytes: RandomBytes): string {
  let text = ''
  while (text.length < length) {
    for (const byte of randomBytes(length)) {
      if (byte < 248 && text.length < length) text += BASE62.charAt(byte % 62)
    }
  }
  return text
}
