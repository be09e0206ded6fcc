/**
 * A time in UTC by a pattern of `strftime`, with the names of months and days in the language. Directives: %Y %y %m %d
 * %-d %B %b %A %a %H %M; any other stays visible. `value` is RFC 3339 text or epoch milliseconds; empty for anything else.
 *
 * In place of Liquid's own filter, which takes the time zone of the process for its sums and makes new formatters for
 * each name: a third of the cost of an e-mail.
 */
export function formatDate(value: unknown, pattern: unknown, language: string): string {
  if (typeof value !== 'string' && typeof value !== 'number') return ''
  const date = new Date(value)
  if (Number.isNaN(date.getTime())) return ''
  return (typeof pattern === 'string' ? pattern : DEFAULT_PATTERN).replace(DIRECTIVE, (directive) => {
    const write = DIRECTIVES[directive]
    return write === undefined ? directive : write(date, language)
  })
}

const DEFAULT_PATTERN = '%-d %B %Y'
const DIRECTIVE = /%-?[A-Za-z]/g

const DIRECTIVES: Readonly<Record<string, (date: Date, language: string) => string>> = {
  '%Y': (date) => String(date.getUTCFullYear()),
  '%y': (date) => twoDigits(date.getUTCFullYear() % 100),
  '%m': (date) => twoDigits(date.getUTCMonth() + 1),
  '%d': (date) => twoDigits(date.getUTCDate()),
  '%-d': (date) => String(date.getUTCDate()),
  '%H': (date) => twoDigits(date.getUTCHours()),
  '%M': (date) => twoDigits(date.getUTCMinutes()),
  '%B': (date, language) => nameOf(date, language, 'month', 'long'),
  '%b': (date, language) => nameOf(date, language, 'month', 'short'),
  '%A': (date, language) => nameOf(date, language, 'weekday', 'long'),
  '%a': (date, language) => nameOf(date, language, 'weekday', 'short'),
}

function twoDigits(value: number): string {
  return String(value).padStart(2, '0')
}

/** One for each language of a template and form of a name, so a handful. */
const formatters = new Map<string, Intl.DateTimeFormat>()

function nameOf(date: Date, language: string, unit: 'month' | 'weekday', form: 'long' | 'short'): string {
  const key = `${language} ${unit} ${form}`
  const formatter =
    formatters.get(key) ?? new Intl.DateTimeFormat(language, { [unit]: form, timeZone: 'UTC' })
  formatters.set(key, formatter)
  return formatter.format(date)
}
