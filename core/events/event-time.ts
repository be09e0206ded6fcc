import { MonogramError } from '../errors.ts'
import type { JsonObject, JsonValue } from '../json.ts'
import { given } from './given.ts'

/** How far ahead of its arrival an event may claim to have happened. */
export const MAX_AHEAD_MS = 5 * 60 * 1000

/**
 * When an event happened, in epoch milliseconds. `timestamp` (or `originalTimestamp`) is the sender's clock; with
 * `sentAt` of the same clock the difference to ours is taken out: `receivedAt - (sentAt - original)`. An event that
 * carries both was corrected by whoever received it first (Segment's and RudderStack's exports), and `timestamp`
 * stands. Without either it happened when it came. A `sentAt` that cannot be read corrects nothing.
 * @throws MonogramError EVENT_TIME_INVALID
 */
export function eventTime(raw: JsonObject, received: { at: number; sentAt: unknown }): number {
  const timestamp = requireTime(raw, 'timestamp')
  const original = requireTime(raw, 'originalTimestamp')
  const time = timestamp ?? original
  if (time === null) return received.at
  const sentAt = timestamp !== null && original !== null ? null : sentTime(raw, received.sentAt)
  const corrected = sentAt === null ? time : received.at - (sentAt - time)
  return Math.min(Math.max(corrected, 0), received.at + MAX_AHEAD_MS)
}

/**
 * An instant in epoch milliseconds, from RFC 3339 text or a number of milliseconds. A date alone is its midnight,
 * and a time without zone is UTC. Null when it cannot be read or lies before 1970 or after 9999.
 */
export function parseTime(value: unknown): number | null {
  if (typeof value === 'string') return parseTimeText(value)
  if (typeof value !== 'number' || !(value >= 0 && value <= LATEST_MS) || looksLikeSeconds(value)) return null
  return Math.floor(value)
}

const LATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** As milliseconds these lie in the first months of 1970; as seconds, between 1973 and 2286. */
function looksLikeSeconds(value: number): boolean {
  return value >= 1e8 && value < 1e10
}

function requireTime(raw: JsonObject, field: 'timestamp' | 'originalTimestamp'): number | null {
  const value = raw[field]
  if (value === undefined || value === null) return null
  const time = parseTime(value)
  if (time !== null) return time
  throw new MonogramError('EVENT_TIME_INVALID', `${field}: expected ${expected(value)}, got ${given(value)}`)
}

function expected(value: JsonValue): string {
  if (typeof value === 'number' && looksLikeSeconds(value)) {
    return 'milliseconds since 1970 (this looks like seconds)'
  }
  return 'a time from 1970 to 9999, as RFC 3339 text or milliseconds since 1970'
}

function sentTime(raw: JsonObject, batchSentAt: unknown): number | null {
  return parseTime(raw['sentAt']) ?? parseTime(batchSentAt)
}

const TIME_TEXT =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:([Zz])|([+-])(\d\d):?(\d\d))?)?$/

function parseTimeText(text: string): number | null {
  const parts = TIME_TEXT.exec(text)
  if (parts === null) return null
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', , sign] = parts
  if (Number(year) < 1969 || Number(month) < 1 || Number(month) > 12) return null
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day))
  if (new Date(midnight).getUTCDate() !== Number(day)) return null
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60) return null
  const offset = sign === undefined ? 0 : offsetMs(sign, Number(parts[10]), Number(parts[11]))
  if (offset === null) return null
  const clock = ((Number(hour) * 60 + Number(minute)) * 60 + Number(second)) * 1000
  const time = midnight + clock + Number(fraction.padEnd(3, '0').slice(0, 3)) - offset
  return time >= 0 && time <= LATEST_MS ? time : null
}

function offsetMs(sign: string, hours: number, minutes: number): number | null {
  if (hours > 23 || minutes > 59) return null
  return (hours * 60 + minutes) * 60_000 * (sign === '-' ? -1 : 1)
}
