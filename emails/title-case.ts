/** Small words stay small but at the beginning, as English titles have them. */
const SMALL = new Set('a an and as at by for from in of on or per the to with'.split(' '))

/** Abbreviations that are read letter by letter. */
const CAPITALS = new Set('CD DIY DVD LED TV UK USA USB XL XXL'.split(' '))

/** Calms a title that shouts. Text with a small letter in it was written with care, and stays as it is. */
export function titleCase(title: string): string {
  if (/\p{Ll}/u.test(title)) return title
  return title
    .trim()
    .split(/\s+/)
    .map((word, index) => calm(word, index === 0))
    .join(' ')
}

/** Such as `of` and `with`. */
export function isSmallWord(word: string): boolean {
  return SMALL.has(word.toLowerCase())
}

function calm(word: string, isFirst: boolean): string {
  if (CAPITALS.has(word)) return word
  const small = word.toLowerCase()
  if (!isFirst && SMALL.has(small)) return small
  /* A letter begins a name where no letter, digit or apostrophe is before it: T-Light, Poppy's, 250g. */
  return small.replace(/(?<![\p{L}\p{N}'’])\p{L}/gu, (letter) => letter.toUpperCase())
}
