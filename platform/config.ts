import { resolve } from 'node:path'
import { z } from 'zod'
import { normalizeCurrency } from '../core/currency.ts'
import { MonogramError } from '../core/errors.ts'
import { normalizeCountry } from '../core/normalise/country.ts'
import { normalizeLocale } from '../core/normalise/locale.ts'
import type { LookupTables } from '../core/normalise/rules.ts'
import { KAFKA_URL_EXPECTED, parseKafkaUrl, type KafkaAddress } from './kafka/parse-kafka-url.ts'
import { didYouMean } from './nearest.ts'
import { parseRoles, ROLES, SUBGRAPHS, type Role, type SubgraphName } from './roles.ts'

/** Everything that can be configured, parsed. Nothing else in the program reads the environment. */
export interface Config {
  /** 0: any free port. */
  port: number
  host: string
  /** Absolute. */
  dataDir: string
  /** ISO 4217: of amounts that come without one, and what `metrics` shows by default. */
  currency: string
  /** ISO 3166-1 alpha-2: of phone numbers that come without their country's code; null: such numbers stay as they are. */
  country: string | null
  /** An event that happened more days before its arrival is marked late. */
  lateAfterDays: number
  /** Events that happened more days ago are deleted; null: events are kept for ever. */
  retainDays: number | null
  /** What a source writes, and its normal form. */
  lookups: LookupTables
  logLevel: LogLevel
  /** Signs cookies and guards the stored hashes of keys; null: one is created in the data folder. */
  secret: string | null
  /** A JSON file with the rules of identity; null: the defaults. */
  identityRules: string | null
  /** What a gateway may keep of entities, in bytes; 0: nothing. */
  cacheMaxBytes: number
  /** One answer of the cache in so many is compared with the store; 0: none. */
  cacheSampleOneIn: number
  /** Null: the embedded store in the data folder. */
  storageUrl: string | null
  /** `redis:`, `rediss:`, or these with `+sentinel` or `+cluster`; null: feed, cache and limits of this process alone. */
  redisUrl: string | null
  /** Into how many parts the change feed is divided: the same in every process. */
  feedPartitions: number
  /** Null: no Kafka. */
  kafkaUrl: KafkaAddress | null
  /** Topics whose records are events. */
  kafkaTopics: string[]
  /** The consumer group that reads them; all processes of a deployment are in one. */
  kafkaGroup: string
  /** Where records go that are no events. */
  kafkaParkedTopic: string
  /** The topic that is told what changes of profiles; null: none is. */
  kafkaChangesTopic: string | null
  /** What this process does; null: everything. */
  roles: readonly Role[] | null
  /** Where the gateway finds each subgraph: `http:` addresses without a path. */
  subgraphUrls: SubgraphUrls
  /** Under which gateway and subgraphs know each other: the first signs, each is accepted; null: derived from the secret. */
  internalSecrets: readonly string[] | null
  /**
   * How long a process goes on serving after it has said that it is not ready, so that nobody is sent to it any more;
   * null: not at all when it has all roles, else two seconds.
   */
  drainMs: number | null
}

export type SubgraphUrls = Readonly<Partial<Record<SubgraphName, readonly string[]>>>

export type ConfigKey = keyof Config
export type ConfigSource = 'default' | 'environment' | 'file'

export interface LoadedConfig {
  config: Config
  /** Whence each value came. */
  sources: Record<ConfigKey, ConfigSource>
  /** The file named by MONOGRAM_CONFIG. */
  file: string | null
}

/** The parsed content of the file that MONOGRAM_CONFIG names: the same keys in camel case. */
export interface ConfigFile {
  path: string
  content: unknown
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
type LogLevel = (typeof LOG_LEVELS)[number]

const port = z
  .union([z.number(), z.string().regex(/^\d{1,5}$/)])
  .transform(Number)
  .refine((value) => Number.isInteger(value) && value >= 0 && value <= 65_535)
const wholeNumber = (max: number) =>
  z
    .union([z.number(), z.string().regex(/^\d{1,15}$/)])
    .transform(Number)
    .pipe(z.int().min(0).max(max))
const text = z.string().trim().min(1)

const topic = z.string().regex(/^[A-Za-z0-9._-]{1,249}$/)

const tableOf = (normalize: (value: string) => string | null) =>
  z.record(
    z.string(),
    z.string().refine((value) => normalize(value) === value),
  )

const addresses = z.preprocess(
  (value) => (typeof value === 'string' ? value.split(',').map((address) => address.trim()) : value),
  z.array(z.string().refine(isOrigin)).min(1).max(100),
)

/** In the environment `profiles=http://a:4000,http://b:4000 events=http://c:4000`. */
const subgraphUrls = z.preprocess(
  (value) => (typeof value === 'string' ? subgraphEntries(value) : value),
  z.partialRecord(z.enum(SUBGRAPHS), addresses),
)

/** A normal form that is none would be worse than what the source writes. In the environment it is JSON. */
const lookupTables = z.preprocess(
  (value) => (typeof value === 'string' ? parseJson(value) : value),
  z.record(
    z.string(),
    z.strictObject({
      country: tableOf(normalizeCountry).exactOptional(),
      currency: tableOf(normalizeCurrency).exactOptional(),
      locale: tableOf(normalizeLocale).exactOptional(),
      productId: tableOf((id) => id.trim() || null).exactOptional(),
    }),
  ),
)

/** Each key: how it is read, what to say when it cannot be, and its value when it is not given. */
const KEYS = {
  port: { schema: port, expected: 'a port between 0 and 65535', fallback: 4000 },
  host: { schema: text, expected: 'a host name or address', fallback: '127.0.0.1' },
  dataDir: { schema: text, expected: 'a folder', fallback: 'monogram-data' },
  currency: {
    schema: z
      .string()
      .regex(/^[A-Za-z]{3}$/)
      .toUpperCase(),
    expected: 'an ISO 4217 code such as EUR',
    fallback: 'GBP',
  },
  country: {
    schema: z.string().transform((value, context) => {
      const country = normalizeCountry(value)
      if (country !== null) return country
      context.addIssue('not a country')
      return z.NEVER
    }),
    expected: 'a country such as GB',
    fallback: null,
  },
  lateAfterDays: {
    schema: z
      .union([z.number(), z.string().regex(/^\d{1,5}$/)])
      .transform(Number)
      .pipe(z.int().min(1).max(36_500)),
    expected: 'a number of days from 1 to 36500',
    fallback: 90,
  },
  retainDays: {
    schema: z
      .union([z.number(), z.string().regex(/^\d{1,5}$/)])
      .transform(Number)
      .pipe(z.int().min(92).max(36_500)),
    expected: 'a number of days from 92 (rolling figures look back 90) to 36500',
    fallback: null,
  },
  lookups: {
    schema: lookupTables,
    expected: '{ source: { country | currency | locale | productId: { "what it writes": "normal form" } } }',
    fallback: {},
  },
  logLevel: { schema: z.enum(LOG_LEVELS), expected: `one of ${LOG_LEVELS.join(', ')}`, fallback: 'info' },
  secret: { schema: z.string().min(16), expected: 'at least 16 characters', fallback: null },
  identityRules: { schema: text, expected: 'the path of a JSON file', fallback: null },
  cacheMaxBytes: {
    schema: wholeNumber(1_000_000_000_000),
    expected: 'a number of bytes; 0 keeps nothing',
    fallback: 64 * 1024 * 1024,
  },
  cacheSampleOneIn: {
    schema: wholeNumber(1_000_000_000),
    expected: 'a whole number; 0 compares none',
    fallback: 1_000,
  },
  storageUrl: { schema: text, expected: 'mongodb://…, file: or nothing', fallback: null },
  redisUrl: {
    schema: text.refine((url) => /^rediss?(\+sentinel|\+cluster)?:\/\//.test(url)),
    expected: 'redis://host:6379, rediss://, redis+sentinel://host,host/master or redis+cluster://host,host',
    fallback: null,
  },
  feedPartitions: {
    schema: z
      .union([z.number(), z.string().regex(/^\d{1,4}$/)])
      .transform(Number)
      .pipe(z.int().min(1).max(1_024)),
    expected: 'a number from 1 to 1024',
    fallback: 64,
  },
  kafkaUrl: {
    schema: z.string().transform((value, context) => {
      const address = parseKafkaUrl(value)
      if (address !== null) return address
      context.addIssue('not a cluster')
      return z.NEVER
    }),
    expected: KAFKA_URL_EXPECTED,
    fallback: null,
  },
  kafkaTopics: {
    schema: z.preprocess(
      (value) => (typeof value === 'string' ? value.split(',').map((name) => name.trim()) : value),
      z.array(topic).max(100),
    ),
    expected: 'names of topics with commas between them',
    fallback: [],
  },
  kafkaGroup: { schema: text, expected: 'the name of a consumer group', fallback: 'monogram' },
  kafkaParkedTopic: { schema: topic, expected: 'the name of a topic', fallback: 'monogram.parked' },
  kafkaChangesTopic: { schema: topic, expected: 'the name of a topic', fallback: null },
  roles: {
    schema: z.preprocess(
      (value) => (Array.isArray(value) ? value.join(',') : value),
      z.string().transform((value, context) => {
        const parsed = parseRoles(value)
        if (parsed.kind === 'roles') return parsed.roles
        context.addIssue('not a role')
        return z.NEVER
      }),
    ),
    expected: `some of ${ROLES.join(', ')}`,
    fallback: null,
  },
  subgraphUrls: {
    schema: subgraphUrls,
    expected: `addresses such as profiles=http://one:4000,http://two:4000 events=http://three:4000 (of ${SUBGRAPHS.join(', ')})`,
    fallback: {},
  },
  internalSecrets: {
    schema: z.preprocess(
      (value) => (typeof value === 'string' ? value.split(',') : value),
      z.array(z.string().min(16)).min(1).max(2),
    ),
    expected: 'one or two texts of at least 16 characters',
    fallback: null,
  },
  drainMs: {
    schema: z
      .union([z.number(), z.string().regex(/^\d{1,5}$/)])
      .transform(Number)
      .pipe(z.int().min(0).max(8_000)),
    expected: 'milliseconds from 0 to 8000',
    fallback: null,
  },
} satisfies { [K in ConfigKey]: { schema: z.ZodType<Config[K]>; expected: string; fallback: Config[K] } }

/** Never shown; an address may have a password in it. */
export const SECRET_KEYS: ReadonlySet<ConfigKey> = new Set([
  'secret',
  'internalSecrets',
  'storageUrl',
  'redisUrl',
])

const CONFIG_KEYS = Object.keys(KEYS) as ConfigKey[]
const FILE_VARIABLE = 'MONOGRAM_CONFIG'
const VARIABLES = [...CONFIG_KEYS.map(variableName), FILE_VARIABLE]

/**
 * The configuration: the environment first, then the file, then the defaults. An empty variable is one that is not
 * set. CONFIG_INVALID lists all mistakes, one a line; it never repeats a secret.
 */
export function parseConfig(
  env: Readonly<Record<string, string | undefined>>,
  file: ConfigFile | null = null,
): LoadedConfig {
  const mistakes = unknownVariables(env)
  const fromFile = fileValues(file, mistakes)
  const values: Partial<Record<ConfigKey, unknown>> = {}
  const sources = {} as Record<ConfigKey, ConfigSource>

  for (const key of CONFIG_KEYS) {
    const variable = env[variableName(key)]
    const given = variable || fromFile[key]
    const source = variable ? 'environment' : given === undefined ? 'default' : 'file'
    const { schema, expected, fallback } = KEYS[key]
    sources[key] = source
    if (given === undefined) {
      values[key] = fallback
      continue
    }
    const parsed = schema.safeParse(given)
    if (parsed.success) values[key] = parsed.data
    else {
      const name = source === 'file' ? `${file?.path ?? ''}: ${key}` : variableName(key)
      mistakes.push(`${name}: expected ${expected}, got ${describeGiven(key, given)}`)
    }
  }

  if (mistakes.length > 0) throw new MonogramError('CONFIG_INVALID', mistakes.join('\n'))
  const config = values as Config
  return { config: { ...config, dataDir: resolve(config.dataDir) }, sources, file: file?.path ?? null }
}

/** `dataDir` as it is called in the environment: MONOGRAM_DATA_DIR. */
export function variableName(key: ConfigKey): string {
  return `MONOGRAM_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
}

/** What was given, without what must not be in a log: a secret, or an address that may have a password in it. */
function describeGiven(key: ConfigKey, given: unknown): string {
  if (key === 'secret' || key === 'internalSecrets') return 'something else'
  if (key !== 'kafkaUrl' && !SECRET_KEYS.has(key)) return JSON.stringify(given)
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(String(given))?.[0]
  return scheme === undefined ? 'something that is no URL' : `"${scheme}…"`
}

function isOrigin(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : null
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    url.pathname === '/' &&
    url.search === '' &&
    url.username === ''
  )
}

/** What cannot be read is left for the schema to refuse. */
function subgraphEntries(text: string): unknown {
  const entries = text.split(/\s+/).filter((entry) => entry !== '')
  const pairs = entries.map((entry) => entry.split('=', 2))
  const names = new Set(pairs.map(([name]) => name))
  return names.size === pairs.length ? Object.fromEntries(pairs) : text
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Variables of the same beginning that belong to others: to clients that send a key, and to the tests. */
const NOT_OURS = /^MONOGRAM_(KEY|REQUIRE_SERVERS|TEST_\w+)$/

function unknownVariables(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith('MONOGRAM_') && !VARIABLES.includes(name) && !NOT_OURS.test(name))
    .map((name) => `${name}: not a setting${didYouMean(name, VARIABLES)}`)
}

function fileValues(file: ConfigFile | null, mistakes: string[]): Partial<Record<ConfigKey, unknown>> {
  if (!file) return {}
  const parsed = z.record(z.string(), z.unknown()).safeParse(file.content)
  if (!parsed.success) {
    mistakes.push(`${file.path}: expected a JSON object of settings`)
    return {}
  }
  for (const key of Object.keys(parsed.data)) {
    if (!(CONFIG_KEYS as string[]).includes(key)) {
      mistakes.push(`${file.path}: ${key}: not a setting${didYouMean(key, CONFIG_KEYS)}`)
    }
  }
  return parsed.data
}
