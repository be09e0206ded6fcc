/**
 * The form in which two writings of the same identifier are equal; null when the value cannot identify anybody: a
 * placeholder (`null`, `anonymous`, `0000…`), text of an e-mail address or phone number that is none, control
 * characters. Every lookup by identifier goes through here, as every event does.
 */
export function normalizeIdentity(kind: string, raw: string): string | null {
  const value = raw.trim()
  if (value.length === 0 || value.length > MAX_IDENTITY_LENGTH) return null
  if (UNSAFE_TEXT.test(value) || PLACEHOLDER.test(value)) return null
  if (kind === 'email') return normalizeEmail(value)
  if (kind === 'phone') return normalizePhone(value)
  return value
}

export const MAX_IDENTITY_LENGTH = 512

/** Control characters, among them NUL, and surrogates without their other half: no store keeps them faithfully. */
export const UNSAFE_TEXT = /[\p{Cc}\p{Cs}]/u

/** What programs send in place of an identifier that they do not have. */
const PLACEHOLDER =
  /^(?:[0-]+|-1|null|undefined|none|nil|nan|unknown|anonymous|guest|n\/a|\(null\)|\[object object\])$/i

const EMAIL = /^[^\s@<>(),;:"]+@[^\s@.<>(),;:"]+(?:\.[^\s@.<>(),;:"]+)+$/

/** RFC 5321: 64 for the local part, 255 for the domain, and the sign between. */
const MAX_EMAIL_LENGTH = 320

function normalizeEmail(value: string): string | null {
  const email = value.toLowerCase()
  return email.length <= MAX_EMAIL_LENGTH && EMAIL.test(email) ? email : null
}

const PHONE_FILLING = /[\s().\-/]/g
const PHONE = /^\+?(?!0+$)\d{6,15}$/

function normalizePhone(value: string): string | null {
  const phone = value.replace(PHONE_FILLING, '')
  return PHONE.test(phone) ? phone : null
}
