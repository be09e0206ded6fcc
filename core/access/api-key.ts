import { checksum } from '../crc32.ts'

/** What the text of a key says. Whether there is such a key, only the store knows. */
export interface ApiKeyParts {
  /** Names the record of the key; no secret. */
  id: string
  secret: string
}

export const KEY_ID_LENGTH = 10
export const KEY_SECRET_LENGTH = 32
const WHOLE_KEY = /^(mg_live_([0-9A-Za-z]{10})_([0-9A-Za-z]{32}))_([0-9A-Za-z]{6})$/

/** Finds keys in any text: for secret scanners. Each match still has to pass `parseApiKey`. */
export const API_KEY_PATTERN = /\bmg_live_[0-9A-Za-z]{10}_[0-9A-Za-z]{32}_[0-9A-Za-z]{6}\b/g

/** `mg_live_<id>_<secret>_<checksum>`; the checksum is the CRC-32 of all before it, in base 62. */
export function formatApiKey({ id, secret }: ApiKeyParts): string {
  const body = `mg_live_${id}_${secret}`
  return `${body}_${checksum(body)}`
}

/** Null for what cannot be a key: a typo or a truncated copy is recognised without asking the store. */
export function parseApiKey(text: string): ApiKeyParts | null {
  const match = WHOLE_KEY.exec(text)
  if (!match) return null
  const [, body, id, secret, given] = match
  if (body === undefined || id === undefined || secret === undefined) return null
  return checksum(body) === given ? { id, secret } : null
}
