/** A word longer than this is found by its beginning. */
export const MAX_WORD_LENGTH = 64

/**
 * The words of a text as people type them to find somebody: separated by white space, lower case, without accents,
 * each once, in their order. Both sides of a search are written by this function.
 */
export function searchWords(text: string): string[] {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
  const words = plain.split(/[\s\p{Cc}\p{Cs}]+/u).filter((word) => word.length > 0)
  return [...new Set(words.map((word) => word.slice(0, MAX_WORD_LENGTH)))]
}

/** A word and what is between its dots, dashes and other signs: `o'brien` is found by `brien`. */
export function wordAndParts(word: string): string[] {
  const parts = word.split(/[^\p{L}\p{N}]+/u).filter((part) => part.length > 0)
  return parts.length > 1 ? [word, ...parts] : [word]
}
