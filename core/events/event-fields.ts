import { MonogramError } from '../errors.ts'
import { UNSAFE_TEXT } from '../identity/identity-value.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts'
import { given } from './given.ts'

/**
 * An identifier as it was sent: text, or a whole number as its digits. Null when it is absent, null or blank.
 * @throws MonogramError EVENT_FIELD_INVALID for another type, too much text, or control characters
 */
export function identifierText(
  value: JsonValue | undefined,
  field: string,
  maxLength: number,
): string | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  if (typeof value !== 'string') throw invalid(field, `text of 1 to ${maxLength} characters`, value)
  const trimmed = value.trim()
  if (trimmed.length > maxLength) throw invalid(field, `at most ${maxLength} characters`, value)
  if (UNSAFE_TEXT.test(trimmed)) throw invalid(field, 'text without control characters', value)
  return trimmed.length === 0 ? null : value
}

/**
 * An object that may be left out; null counts as left out.
 * @throws MonogramError EVENT_FIELD_INVALID
 */
export function optionalObject(parent: JsonObject, field: string): JsonObject | null {
  const value = parent[field]
  if (value === undefined || value === null) return null
  if (!isJsonObject(value)) throw invalid(field, 'an object', value)
  return value
}

export function invalid(field: string, expected: string, value: unknown): MonogramError {
  return new MonogramError('EVENT_FIELD_INVALID', `${field}: expected ${expected}, got ${given(value)}`)
}
