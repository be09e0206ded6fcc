/** How far the wall clock of a zone is ahead of UTC, in ms, when it shows this (given as if it were UTC). */
export type ZoneOffset = (wallClockMs: number) => number

const DAY_MS = 86_400_000
const QUARTER_HOUR_MS = 900_000
const MAX_CACHED = 100_000

/**
 * `UTC`, an offset such as `+02:00`, or an IANA name such as `Europe/Berlin`; null when it is none of these. An hour
 * that the clock shows twice in autumn is taken as the first one; one that it skips in spring as the hour after.
 */
export function zoneOffset(zone: string): ZoneOffset | null {
  if (zone === 'UTC' || zone === 'Z') return () => 0
  const fixed = /^([+-])(\d{2}):(\d{2})$/.exec(zone)
  if (fixed) {
    const offsetMs = signedMs(fixed)
    return () => offsetMs
  }
  return namedZoneOffset(zone)
}

function namedZoneOffset(zone: string): ZoneOffset | null {
  const format = offsetFormat(zone)
  if (!format) return null
  /** By quarters of an hour: no zone changes between them. */
  const cached = new Map<number, number>()

  return (wallClockMs) => {
    const before = offsetAt(wallClockMs - DAY_MS)
    const after = offsetAt(wallClockMs + DAY_MS)
    if (before === after) return before
    const candidates = [Math.max(before, after), Math.min(before, after)]
    return candidates.find((offset) => offsetAt(wallClockMs - offset) === offset) ?? before
  }

  function offsetAt(instantMs: number): number {
    const quarter = Math.floor(instantMs / QUARTER_HOUR_MS)
    let offset = cached.get(quarter)
    if (offset === undefined) {
      if (cached.size >= MAX_CACHED) cached.clear()
      const name = format?.formatToParts(quarter * QUARTER_HOUR_MS).find(isZoneName)?.value ?? ''
      const match = /GMT([+-])(\d{2}):(\d{2})/.exec(name)
      offset = match ? signedMs(match) : 0
      cached.set(quarter, offset)
    }
    return offset
  }
}

function offsetFormat(zone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' })
  } catch {
    return null
  }
}

function isZoneName(part: Intl.DateTimeFormatPart): boolean {
  return part.type === 'timeZoneName'
}

/** Of sign, hours and minutes. */
function signedMs([, sign, hours, minutes]: RegExpExecArray): number {
  const ms = (Number(hours) * 60 + Number(minutes)) * 60_000
  return sign === '-' ? -ms : ms
}
