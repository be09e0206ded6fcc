/** The JSON text of a string. Most strings need no escape, which a short look tells sooner than JSON.stringify writes. */
export function quoted(text: string): string {
  return isPlain(text) ? `"${text}"` : JSON.stringify(text)
}

/** Whether a string's JSON text is the string between quotes; false also for a long one, which is not looked through. */
export function isPlain(text: string): boolean {
  const { length } = text
  if (length > MAX_LOOKED_THROUGH) return false
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index)
    if (code < 0x20 || code === QUOTE || code === BACKSLASH || (code >= 0xd800 && code <= 0xdfff)) {
      return false
    }
  }
  return true
}

const MAX_LOOKED_THROUGH = 64
const QUOTE = 0x22
const BACKSLASH = 0x5c
