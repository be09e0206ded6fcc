import { normalizeCountry } from './country.ts'

/** What a table of a source can map: what that source writes (case and white space make no difference) to the normal form. */
export const LOOKUP_KINDS = ['country', 'currency', 'locale', 'productId'] as const
export type LookupKind = (typeof LOOKUP_KINDS)[number]

/** By the name of the source (of an API key, or `import:<name>`), or `*` for all; a source's own table goes first. */
export type LookupTables = Readonly<
  Record<string, Readonly<Partial<Record<LookupKind, Readonly<Record<string, string>>>>>>
>

/** How the events of one source are normalised. */
export interface SourceRules {
  /** ISO 3166-1 alpha-2: whose a phone number is that comes without its country's code, and without a country. */
  country: string | null
  lookup(kind: LookupKind, raw: string): string | null
  /** Whether there is a table of that kind at all. */
  has(kind: LookupKind): boolean
}

export interface NormaliseSettings {
  country: string | null
  lookups: LookupTables
}

export const NO_RULES: SourceRules = { country: null, lookup: () => null, has: () => false }

/** The rules of each source, made once. */
export function createRulesFor(settings: NormaliseSettings): (sourceName: string) => SourceRules {
  const others = sourceRules(settings, EVERY_SOURCE)
  const named = new Map(Object.keys(settings.lookups).map((name) => [name, sourceRules(settings, name)]))
  return (sourceName) => named.get(sourceName) ?? others
}

const EVERY_SOURCE = '*'

function sourceRules({ country, lookups }: NormaliseSettings, source: string): SourceRules {
  const tables = new Map<LookupKind, ReadonlyMap<string, string>>()
  for (const kind of LOOKUP_KINDS) {
    const entries = [EVERY_SOURCE, source].flatMap((name) =>
      Object.entries(tableOf(lookups, name)[kind] ?? {}),
    )
    if (entries.length > 0) tables.set(kind, new Map(entries.map(([raw, normal]) => [plain(raw), normal])))
  }
  return {
    country: country === null ? null : normalizeCountry(country),
    lookup: (kind, raw) => tables.get(kind)?.get(plain(raw)) ?? null,
    has: (kind) => tables.has(kind),
  }
}

function tableOf(lookups: LookupTables, name: string): LookupTables[string] {
  return (Object.hasOwn(lookups, name) ? lookups[name] : undefined) ?? {}
}

function plain(raw: string): string {
  return raw.trim().toLowerCase()
}
