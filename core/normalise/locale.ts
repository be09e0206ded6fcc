/**
 * A language tag as BCP 47 writes it (`en-GB`), from any case, underscores (`en_gb`) and POSIX names
 * (`en_GB.UTF-8@euro`). Null for what is none.
 */
export function normalizeLocale(raw: string): string | null {
  const tag = raw
    .trim()
    .replace(/[.@].*$/s, '')
    .replaceAll('_', '-')
  if (!TAG.test(tag)) return null
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null
  } catch {
    return null
  }
}

/** The country that a locale names, as ISO 3166-1 alpha-2; null where it names none (`en`, `es-419`). */
export function countryOfLocale(raw: string): string | null {
  const locale = normalizeLocale(raw)
  if (locale === null) return null
  const region = new Intl.Locale(locale).region
  return region !== undefined && /^[A-Z]{2}$/.test(region) ? region : null
}

/** A language of two or three letters; `root`, `POSIX` and words are none. */
const TAG = /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8}){0,8}$/
