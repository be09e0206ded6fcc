import { formatDate } from './format-date.ts'
import { formatMoney } from './format-money.ts'
import { isSmallWord, titleCase } from './title-case.ts'

type Filter = (value: unknown, ...args: unknown[]) => string

/**
 * What templates can use besides Liquid's own filters. Each takes anything, since a value may be missing from an
 * answer, and gives empty text for what it cannot show.
 */
export function createFilters(language: string): Record<string, Filter> {
  return {
    /** `{{ order.total | money }}`, with a Money of the graph, or `{{ 1250 | money: "GBP" }}` with minor units. */
    money: (value, currency) => formatMoney(value, currency, language),
    /** `{{ order.orderedAt | date: "%-d %B %Y" }}`, which is also what it does without a pattern. */
    date: (value, pattern) => formatDate(value, pattern, language),
    /** WHITE METAL LANTERN to White Metal Lantern; text that is not all capitals stays as it is. */
    title_case: (value) => (typeof value === 'string' ? titleCase(value) : ''),
    /** White Metal Lantern to WM: what a tile shows in place of a picture. */
    initials: (value) => (typeof value === 'string' ? initials(value) : ''),
    /** A background for such a tile, always the same for the same text; dark text can be read on each. */
    tint: (value) => tint(typeof value === 'string' ? value : ''),
    /** The address if it is one that may stand in a link or picture (http, https), else empty. */
    web_url: (value) => (typeof value === 'string' ? webUrl(value) : ''),
  }
}

/** Of the first two words; small ones (of, with) only count when there is nothing else. */
function initials(text: string): string {
  const words = text.match(/\p{L}[\p{L}\p{N}'’-]*/gu) ?? []
  const telling = words.filter((word) => !isSmallWord(word))
  return (telling.length > 0 ? telling : words)
    .slice(0, 2)
    .map((word) => String.fromCodePoint(word.codePointAt(0) as number).toUpperCase())
    .join('')
}

const TINTS = [
  '#e7e0f5',
  '#dcebe1',
  '#f8e3d4',
  '#dbe8f4',
  '#f6dfe4',
  '#f3ead0',
  '#d9ecec',
  '#e6e6e0',
] as const

function tint(text: string): string {
  let hash = 0
  for (let index = 0; index < text.length; index++) hash = (hash * 31 + text.charCodeAt(index)) | 0
  return TINTS[Math.abs(hash) % TINTS.length] as string
}

function webUrl(text: string): string {
  const address = text.trim()
  if (!URL.canParse(address)) return ''
  const url = new URL(address)
  return url.protocol === 'https:' || url.protocol === 'http:' ? url.href : ''
}
