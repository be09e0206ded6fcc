import { checksum } from '../crc32.ts'
import type { EventKey } from '../events/event.ts'

const WHOLE_RECEIPT = /^(r_([A-Za-z0-9_-]{22}))([0-9A-Za-z]{6})$/

/** What the sender of an event is given for it: opaque to him, it names the event's row. */
export function formatReceipt(key: EventKey): string {
  return `r_${key}${checksum(`r_${key}`)}`
}

/** Null for what cannot be a receipt: a typo or a cut copy is recognised without asking the store. */
export function parseReceipt(text: string): EventKey | null {
  const [, body, key, given] = WHOLE_RECEIPT.exec(text) ?? []
  return body !== undefined && key !== undefined && checksum(body) === given ? key : null
}
