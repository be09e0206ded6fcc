/**
 * An e-mail address in the form in which two writings of it are equal: lower case, composed characters (NFC), the
 * domain in ASCII (IDNA: `müller.example` is `xn--mller-kva.example`). Null for what is no address of a public domain.
 */
export function normalizeEmail(raw: string): string | null {
  const email = raw.trim()
  if (email.length > MAX_EMAIL_LENGTH) return null
  if (ASCII.test(email)) return checked(email.toLowerCase())
  const at = email.lastIndexOf('@')
  const domain = asciiDomain(email.slice(at + 1))
  return domain === null ? null : checked(`${composed(email.slice(0, at))}@${domain}`)
}

/** RFC 5321: 64 for the local part, 255 for the domain, and the sign between. */
const MAX_EMAIL_LENGTH = 320

const ASCII = /^[\x21-\x7e]*$/
const EMAIL = /^[^\s@<>(),;:"]+@[^\s@.<>(),;:"]+(?:\.[^\s@.<>(),;:"]+)+$/

function checked(email: string): string | null {
  return email.length <= MAX_EMAIL_LENGTH && EMAIL.test(email) ? email : null
}

/** Lower case may come apart into characters that compose. */
function composed(text: string): string {
  return text.normalize('NFC').toLowerCase().normalize('NFC')
}

/** What means something in an address of the web would be read as that, and not as part of a name. */
const NO_NAME = /[\s/?#@:%\\[\]<>^|]/

/** By the rules of WHATWG's URL, which are those of UTS 46. Its host of a number would be an address of a machine. */
function asciiDomain(domain: string): string | null {
  if (ASCII.test(domain)) return domain.toLowerCase()
  if (NO_NAME.test(domain)) return null
  try {
    const host = new URL(`http://${domain}`).hostname
    return /[a-z]/.test(host) ? host : null
  } catch {
    return null
  }
}
