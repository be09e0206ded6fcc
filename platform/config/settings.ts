import { z } from 'zod'
import { normalizeCountry } from '../../core/normalise/country.ts'
import { KAFKA_URL_EXPECTED, parseKafkaUrl } from '../kafka/parse-kafka-url.ts'
import { ROLES, SUBGRAPHS } from '../roles.ts'
import { LOG_LEVELS, type Config, type ConfigKey } from './config.ts'
import {
  listOf,
  lookupTables,
  parsedText,
  roles,
  secret,
  subgraphUrls,
  text,
  topic,
  wholeNumber,
} from './value-schemas.ts'

/** Each key: how it is read, what to say when it cannot be, and its value when it is not given. */
export const SETTINGS = {
  port: { schema: wholeNumber(0, 65_535), expected: 'a port between 0 and 65535', fallback: 4000 },
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
    schema: parsedText(normalizeCountry),
    expected: 'a country such as GB',
    fallback: null,
  },
  lateAfterDays: {
    schema: wholeNumber(1, 36_500),
    expected: 'a number of days from 1 to 36500',
    fallback: 90,
  },
  retainDays: {
    schema: wholeNumber(92, 36_500),
    expected: 'a number of days from 92 (rolling figures look back 90) to 36500',
    fallback: null,
  },
  lookups: {
    schema: lookupTables,
    expected: '{ source: { country | currency | locale | productId: { "what it writes": "normal form" } } }',
    fallback: {},
  },
  logLevel: { schema: z.enum(LOG_LEVELS), expected: `one of ${LOG_LEVELS.join(', ')}`, fallback: 'info' },
  secret: { schema: secret, expected: 'at least 16 characters', fallback: null },
  identityRules: { schema: text, expected: 'the path of a JSON file', fallback: null },
  cacheMaxBytes: {
    schema: wholeNumber(0, 1_000_000_000_000),
    expected: 'a number of bytes; 0 keeps nothing',
    fallback: 64 * 1024 * 1024,
  },
  cacheSampleOneIn: {
    schema: wholeNumber(0, 1_000_000_000),
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
    schema: wholeNumber(1, 1_024),
    expected: 'a number from 1 to 1024',
    fallback: 64,
  },
  kafkaUrl: {
    schema: parsedText(parseKafkaUrl),
    expected: KAFKA_URL_EXPECTED,
    fallback: null,
  },
  kafkaTopics: {
    schema: listOf(topic, 0, 100),
    expected: 'names of topics with commas between them',
    fallback: [],
  },
  kafkaGroup: { schema: text, expected: 'the name of a consumer group', fallback: 'monogram' },
  kafkaParkedTopic: { schema: topic, expected: 'the name of a topic', fallback: 'monogram.parked' },
  kafkaChangesTopic: { schema: topic, expected: 'the name of a topic', fallback: null },
  roles: {
    schema: roles,
    expected: `some of ${ROLES.join(', ')}`,
    fallback: null,
  },
  subgraphUrls: {
    schema: subgraphUrls,
    expected: `addresses such as profiles=http://one:4000,http://two:4000 events=http://three:4000 (of ${SUBGRAPHS.join(', ')})`,
    fallback: {},
  },
  internalSecrets: {
    schema: listOf(secret, 1, 2),
    expected: 'one or two texts of at least 16 characters',
    fallback: null,
  },
  drainMs: {
    schema: wholeNumber(0, 8_000),
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

export const CONFIG_KEYS = Object.keys(SETTINGS) as ConfigKey[]

/** `dataDir` as it is called in the environment: MONOGRAM_DATA_DIR. */
export function variableName(key: ConfigKey): string {
  return `MONOGRAM_${key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`
}
