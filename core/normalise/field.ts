import { normalizeCurrency } from '../currency.ts'
import { parseTime } from '../events/event-time.ts'
import type { JsonValue } from '../json.ts'
import { normalizeCountry } from './country.ts'
import { normalizeEmail } from './email.ts'
import { normalizeLocale } from './locale.ts'
import { normalizePhone } from './phone.ts'
import type { SourceRules } from './rules.ts'

export type FieldKind = 'email' | 'phone' | 'country' | 'currency' | 'locale' | 'time'

/** The normal form of a value of that kind; null when it has none. `country` is that of the person, for phone numbers. */
export function normaliseField(
  kind: FieldKind,
  value: JsonValue,
  rules: SourceRules,
  country: () => string | null,
): string | null {
  if (kind === 'time') return utcTime(value)
  const text = textOf(value)
  if (text === null) return null
  switch (kind) {
    case 'email':
      return normalizeEmail(text)
    case 'phone':
      return normalizePhone(text, country())
    case 'country':
      return rules.lookup('country', text) ?? normalizeCountry(text)
    case 'currency':
      return rules.lookup('currency', text) ?? normalizeCurrency(text)
    case 'locale':
      return rules.lookup('locale', text) ?? normalizeLocale(text)
  }
}

/** A day without a time of day is a day, the same everywhere. */
function utcTime(value: JsonValue): string | null {
  if (typeof value === 'string' && DAY.test(value)) return isDay(value) ? value : null
  const time = parseTime(value)
  return time === null ? null : new Date(time).toISOString()
}

/** Birthdays are older than times of events may be. */
function isDay(day: string): boolean {
  const time = Date.parse(`${day}T00:00:00Z`)
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(day)
}

const DAY = /^\d{4}-\d\d-\d\d$/

function textOf(value: JsonValue): string | null {
  if (typeof value === 'string') return value
  return typeof value === 'number' && Number.isSafeInteger(value) ? String(value) : null
}
