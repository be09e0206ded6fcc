import { z } from 'zod'
import { normalizeCurrency } from '../../core/currency.ts'
import { normalizeCountry } from '../../core/normalise/country.ts'
import { normalizeLocale } from '../../core/normalise/locale.ts'
import { parseRoles, SUBGRAPHS } from '../roles.ts'

/** A number, or its digits as the environment has them. */
export const wholeNumber = (min: number, max: number) =>
  z
    .union([z.number(), z.string().regex(/^\d{1,15}$/)])
    .transform(Number)
    .pipe(z.int().min(min).max(max))

/** What `parse` makes of a text; null refuses it. */
export const parsedText = <T>(parse: (text: string) => T | null) =>
  z.string().transform((text, context) => {
    const parsed = parse(text)
    if (parsed !== null) return parsed
    context.addIssue('not one')
    return z.NEVER
  })

/** A list; in the environment with commas between. */
export const listOf = <T extends z.ZodType>(item: T, min: number, max: number) =>
  z.preprocess(
    (value) => (typeof value === 'string' ? value.split(',').map((entry) => entry.trim()) : value),
    z.array(item).min(min).max(max),
  )

export const text = z.string().trim().min(1)

export const secret = z.string().min(16)

export const topic = z.string().regex(/^[A-Za-z0-9._-]{1,249}$/)

const tableOf = (normalize: (value: string) => string | null) =>
  z.record(
    z.string(),
    z.string().refine((value) => normalize(value) === value),
  )

export const roles = z.preprocess(
  (value) => (Array.isArray(value) ? value.join(',') : value),
  parsedText((text) => {
    const parsed = parseRoles(text)
    return parsed.kind === 'roles' ? parsed.roles : null
  }),
)

/** In the environment `profiles=http://a:4000,http://b:4000 events=http://c:4000`. */
export const subgraphUrls = z.preprocess(
  (value) => (typeof value === 'string' ? subgraphEntries(value) : value),
  z.partialRecord(z.enum(SUBGRAPHS), listOf(z.string().refine(isOrigin), 1, 100)),
)

/** A normal form that is none would be worse than what the source writes. In the environment it is JSON. */
export const lookupTables = z.preprocess(
  (value) => (typeof value === 'string' ? parseJson(value) : value),
  z.record(
    z.string(),
    z.strictObject({
      country: tableOf(normalizeCountry).exactOptional(),
      currency: tableOf(normalizeCurrency).exactOptional(),
      locale: tableOf(normalizeLocale).exactOptional(),
      productId: tableOf((id) => id.trim() || null).exactOptional(),
    }),
  ),
)

function isOrigin(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.pathname === '/' &&
    url.search === '' &&
    url.username === ''
  )
}

/** What cannot be read is left for the schema to refuse. */
function subgraphEntries(text: string): unknown {
  const entries = text.split(/\s+/).filter((entry) => entry !== '')
  const pairs = entries.map((entry) => entry.split('=', 2))
  const names = new Set(pairs.map(([name]) => name))
  return names.size === pairs.length ? Object.fromEntries(pairs) : text
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
