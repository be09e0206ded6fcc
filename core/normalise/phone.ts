import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/min'

/**
 * A phone number as E.164 (`+442079460958`). A number without its country's code is read as one of `country` (ISO
 * 3166-1 alpha-2). Null when it cannot be: no country is known, or no number of it is of that length.
 */
export function normalizePhone(raw: string, country: string | null): string | null {
  if (raw.length > MAX_PHONE_LENGTH || !PHONE.test(raw)) return null
  const question = `${country ?? ''}:${raw}`
  const known = KNOWN.get(question)
  if (known !== undefined) return known
  if (KNOWN.size >= MAX_KNOWN) KNOWN.clear()
  const phone = toE164(raw, country)
  KNOWN.set(question, phone)
  return phone
}

/** Reading a number takes longer than the rest of an event, and each is read twice: as a trait, and as an identity. */
const KNOWN = new Map<string, string | null>()
const MAX_KNOWN = 10_000

function toE164(raw: string, country: string | null): string | null {
  const text = raw.replace(/^\s*00/, '+')
  const parsed = parsePhoneNumberFromString(text, {
    extract: false,
    // A country that the library does not know is none to it.
    ...(country !== null && { defaultCountry: country as CountryCode }),
  })
  return parsed?.isPossible() && /[1-9]/.test(parsed.nationalNumber) ? parsed.number : null
}

/**
 * The digits of a number whose country nobody knows, with its `+` where it has one: two writings of it are still
 * equal. Null for what is no number.
 */
export function phoneDigits(raw: string): string | null {
  const digits = raw.replace(FILLING, '')
  return DIGITS.test(digits) ? digits : null
}

const MAX_PHONE_LENGTH = 40
/** Digits with what people write between them, and an extension at most. */
const PHONE = /^[\s+\d().\-/–]*\d[\s\d().\-/–]*$/
const FILLING = /[\s().\-/–]/g
const DIGITS = /^\+?(?!0+$)\d{6,15}$/
