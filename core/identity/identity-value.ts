import { normalizeEmail } from '../normalise/email.ts'
import { normalizePhone, phoneDigits } from '../normalise/phone.ts'

/**
 * The form in which two writings of the same identifier are equal; null when the value cannot identify anybody: a
 * placeholder (`null`, `anonymous`, `0000…`), text of an e-mail address or phone number that is none, control
 * characters. Every lookup by identifier goes through here, as every event does.
 *
 * @param country ISO 3166-1 alpha-2: whose a phone number without its country's code is. Without one it stays as its
 *   digits, which is no E.164 but still the same however it is written.
 */
export function normalizeIdentity(kind: string, raw: string, country: string | null = null): string | null {
  const value = raw.trim()
  if (value.length === 0 || value.length > MAX_IDENTITY_LENGTH) return null
  if (UNSAFE_TEXT.test(value) || PLACEHOLDER.test(value)) return null
  if (kind === 'email') return normalizeEmail(value)
  if (kind === 'phone') return normalizePhone(value, country) ?? phoneDigits(value)
  return value
}

export const MAX_IDENTITY_LENGTH = 512

/** Control characters, among them NUL, and surrogates without their other half: no store keeps them faithfully. */
export const UNSAFE_TEXT = /[\p{Cc}\p{Cs}]/u

/** What programs send in place of an identifier that they do not have. */
const PLACEHOLDER =
  /^(?:[0-]+|-1|null|undefined|none|nil|nan|unknown|anonymous|guest|n\/a|\(null\)|\[object object\])$/i
