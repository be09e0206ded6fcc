import { zoneOffset } from './time-zone.ts'

/** Epoch milliseconds of a text; null when it is not in the format, or names a day or hour that does not exist. */
export type ParseTime = (text: string) => number | null

type Field = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'millisecond'
type Token = { field: Field; minDigits: number; maxDigits: number } | { literal: string }

const FIELDS: Record<string, Token> = {
  yyyy: { field: 'year', minDigits: 4, maxDigits: 4 },
  MM: { field: 'month', minDigits: 2, maxDigits: 2 },
  M: { field: 'month', minDigits: 1, maxDigits: 2 },
  dd: { field: 'day', minDigits: 2, maxDigits: 2 },
  d: { field: 'day', minDigits: 1, maxDigits: 2 },
  HH: { field: 'hour', minDigits: 2, maxDigits: 2 },
  H: { field: 'hour', minDigits: 1, maxDigits: 2 },
  mm: { field: 'minute', minDigits: 2, maxDigits: 2 },
  ss: { field: 'second', minDigits: 2, maxDigits: 2 },
  SSS: { field: 'millisecond', minDigits: 3, maxDigits: 3 },
}
const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/
const MAX_EPOCH_MS = 8.64e15

/**
 * A parser for `iso` (with its own zone), `epoch-seconds`, `epoch-milliseconds`, or a pattern of yyyy MM M dd d HH H
 * mm ss SSS and literal characters, whose times are those of a wall clock in the zone. Null when the format or the
 * zone is none of these. Neighbouring rows often have the same time, so the last answer is kept.
 */
export function compileTimeFormat(format: string, zone: string): ParseTime | null {
  const parse = compile(format, zone)
  if (!parse) return null
  let lastText: string | null = null
  let lastTime: number | null = null
  return (text) => {
    if (text !== lastText) {
      lastTime = parse(text)
      lastText = text
    }
    return lastTime
  }
}

function compile(format: string, zone: string): ParseTime | null {
  const offset = zoneOffset(zone)
  if (!offset) return null
  if (format === 'iso') return (text) => (ISO.test(text) ? finite(Date.parse(text)) : null)
  if (format === 'epoch-seconds') return (text) => epoch(text, 1_000)
  if (format === 'epoch-milliseconds') return (text) => epoch(text, 1)
  const tokens = tokenise(format)
  if (!tokens?.some((token) => 'field' in token && token.field === 'year')) return null
  return (text) => {
    const wallClockMs = readWallClock(text, tokens)
    return wallClockMs === null ? null : wallClockMs - offset(wallClockMs)
  }
}

function epoch(text: string, unitMs: number): number | null {
  if (!/^-?\d{1,16}(\.\d+)?$/.test(text)) return null
  const ms = Math.round(Number(text) * unitMs)
  return Math.abs(ms) <= MAX_EPOCH_MS ? ms : null
}

function finite(ms: number): number | null {
  return Number.isFinite(ms) ? ms : null
}

/** Null when a letter is none of the fields: taken as a literal, it would make every row invalid. */
function tokenise(format: string): Token[] | null {
  const parts = format.match(/yyyy|MM?|dd?|HH?|mm|ss|SSS|[^]/g) ?? []
  if (parts.some((part) => !FIELDS[part] && /[A-SU-Ya-z]/.test(part))) return null
  return parts.map((part) => FIELDS[part] ?? { literal: part })
}

function readWallClock(text: string, tokens: readonly Token[]): number | null {
  const read = { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0, millisecond: 0 }
  let at = 0
  for (const token of tokens) {
    if ('literal' in token) {
      if (text[at] !== token.literal) return null
      at++
      continue
    }
    let value = 0
    let digits = 0
    for (; digits < token.maxDigits; digits++) {
      const digit = text.charCodeAt(at + digits) - 48
      if (!(digit >= 0 && digit <= 9)) break
      value = value * 10 + digit
    }
    if (digits < token.minDigits) return null
    read[token.field] = value
    at += digits
  }
  if (at !== text.length || read.hour > 23 || read.minute > 59 || read.second > 59) return null
  const ms = Date.UTC(
    read.year,
    read.month - 1,
    read.day,
    read.hour,
    read.minute,
    read.second,
    read.millisecond,
  )
  const date = new Date(ms)
  const exists = date.getUTCMonth() === read.month - 1 && date.getUTCDate() === read.day
  return exists && read.year >= 100 ? ms : null
}
