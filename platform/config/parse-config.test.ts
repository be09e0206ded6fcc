import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import type { ConfigFile } from './config.ts'
import { parseConfig } from './parse-config.ts'

function mistakes(env: Record<string, string>, file: ConfigFile | null = null): string[] {
  try {
    parseConfig(env, file)
  } catch (error) {
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' })
    return String(error).replace('MonogramError: ', '').split('\n')
  }
  return []
}

test('without anything set, everything has its default', () => {
  const { config, sources } = parseConfig({ PATH: '/bin', MONOGRAM_PORT: '' })
  expect(config).toEqual({
    port: 4000,
    host: '127.0.0.1',
    dataDir: resolve('monogram-data'),
    currency: 'GBP',
    country: null,
    lateAfterDays: 90,
    retainDays: null,
    lookups: {},
    logLevel: 'info',
    secret: null,
    identityRules: null,
    cacheMaxBytes: 67_108_864,
    cacheSampleOneIn: 1_000,
    storageUrl: null,
    redisUrl: null,
    feedPartitions: 64,
    kafkaUrl: null,
    kafkaTopics: [],
    kafkaGroup: 'monogram',
    kafkaParkedTopic: 'monogram.parked',
    kafkaChangesTopic: null,
    roles: null,
    subgraphUrls: {},
    internalSecrets: null,
    drainMs: null,
  })
  expect(new Set(Object.values(sources))).toEqual(new Set(['default']))
})

test('the environment wins over the file, the file over the default, and each says whence it came', () => {
  const file = { path: '/etc/monogram.json', content: { port: 5000, currency: 'gbp', logLevel: 'warn' } }
  const { config, sources } = parseConfig({ MONOGRAM_PORT: '6000', MONOGRAM_CONFIG: file.path }, file)
  expect(config).toMatchObject({ port: 6000, currency: 'GBP', logLevel: 'warn' })
  expect(sources).toMatchObject({ port: 'environment', currency: 'file', host: 'default' })
})

test('all mistakes are told at once, with what was given and what was expected, but never a secret', () => {
  const env = {
    MONOGRAM_PORT: 'abc',
    MONOGRAM_CURRENCY: 'pounds',
    MONOGRAM_DATADIR: '/tmp',
    MONOGRAM_SECRET: 'short secret',
    MONOGRAM_REDIS_URL: 'http://user:short%20secret@redis',
    MONOGRAM_CONFIG: 'c.json',
  }
  const found = mistakes(env, { path: 'c.json', content: { prot: 1, logLevel: 'loud' } })
  expect(found).toEqual([
    'MONOGRAM_DATADIR: not a setting; did you mean MONOGRAM_DATA_DIR?',
    'c.json: prot: not a setting; did you mean port?',
    'MONOGRAM_PORT: expected a port between 0 and 65535, got "abc"',
    'MONOGRAM_CURRENCY: expected an ISO 4217 code such as EUR, got "pounds"',
    expect.stringMatching(/^c\.json: logLevel: expected one of .*, got "loud"$/),
    expect.stringMatching(/^MONOGRAM_SECRET: expected at least 16 characters, got/),
    expect.stringMatching(/^MONOGRAM_REDIS_URL: expected redis:\/\/host:6379, .*, got/),
  ])
  expect(found.join('\n')).not.toMatch(/short.*secret/)
})

test.each(['-1', '65536', '80.5', '0x50', ' '])('%j is no port', (port) => {
  expect(mistakes({ MONOGRAM_PORT: port })).toHaveLength(1)
})

test('a file that is no object is a mistake', () => {
  expect(mistakes({}, { path: 'c.json', content: [1] })).toEqual([
    'c.json: expected a JSON object of settings',
  ])
})

test('a country and lookup tables are read from the environment or the file, in any writing of the country', () => {
  const lookups = { shop: { country: { England: 'GB' }, productId: { 'OLD-1': 'new 1' } }, '*': {} }
  const file = { path: 'c.json', content: { country: 'Ireland', lateAfterDays: 30, lookups } }
  expect(parseConfig({}, file).config).toMatchObject({ country: 'IE', lateAfterDays: 30, lookups })
  const env = { MONOGRAM_COUNTRY: 'gbr', MONOGRAM_LATE_AFTER_DAYS: '7', MONOGRAM_LOOKUPS: '{"a":{}}' }
  expect(parseConfig(env, file).config).toMatchObject({ country: 'GB', lateAfterDays: 7, lookups: { a: {} } })
})

test.each([
  ['MONOGRAM_COUNTRY', 'Atlantis', 'MONOGRAM_COUNTRY: expected a country such as GB, got "Atlantis"'],
  [
    'MONOGRAM_LATE_AFTER_DAYS',
    '0',
    'MONOGRAM_LATE_AFTER_DAYS: expected a number of days from 1 to 36500, got "0"',
  ],
  ['MONOGRAM_RETAIN_DAYS', '30', 'MONOGRAM_RETAIN_DAYS: expected a number of days from 92'],
  ['MONOGRAM_LOOKUPS', '{', 'MONOGRAM_LOOKUPS: expected { source:'],
  ['MONOGRAM_LOOKUPS', '{"shop":{"country":{"England":"UK"}}}', 'MONOGRAM_LOOKUPS: expected { source:'],
  ['MONOGRAM_LOOKUPS', '{"shop":{"contry":{}}}', 'MONOGRAM_LOOKUPS: expected { source:'],
])('%s takes no %s', (variable, value, message) => {
  expect(mistakes({ [variable]: value })).toEqual([expect.stringContaining(message)])
})

test('the address of a Kafka cluster is parsed, and one that is wrong is not repeated with its password', () => {
  const { config } = parseConfig({
    MONOGRAM_KAFKA_URL: 'kafka://h:9092',
    MONOGRAM_KAFKA_TOPICS: 'shop, web',
  })
  expect(config.kafkaUrl).toEqual({ brokers: ['h:9092'], tls: false, sasl: null })
  expect(config.kafkaTopics).toEqual(['shop', 'web'])
  expect(() => parseConfig({ MONOGRAM_KAFKA_URL: 'kafk://me:hidden@h' })).toThrow(/got "kafk:…"/)
  expect(() => parseConfig({ MONOGRAM_KAFKA_URL: 'kafk://me:hidden@h' })).not.toThrow(/hidden/)
})

test('roles, addresses of subgraphs and secrets between processes are lists', () => {
  const env = {
    MONOGRAM_ROLES: 'worker, subgraph:profiles,worker',
    MONOGRAM_SUBGRAPH_URLS: ' profiles=http://a:4000,http://b:4000/  events=https://c ',
    MONOGRAM_INTERNAL_SECRETS: 'the new secret text,the old secret text',
    MONOGRAM_DRAIN_MS: '500',
  }
  expect(parseConfig(env).config).toMatchObject({
    roles: ['worker', 'subgraph:profiles'],
    subgraphUrls: { profiles: ['http://a:4000', 'http://b:4000/'], events: ['https://c'] },
    internalSecrets: ['the new secret text', 'the old secret text'],
    drainMs: 500,
  })
  const content = { roles: ['gateway'], subgraphUrls: { products: ['http://d:1'] } }
  expect(parseConfig({}, { path: 'c.json', content }).config).toMatchObject(content)
})

test.each([
  ['MONOGRAM_ROLES', 'gateway,worer', /expected some of gateway, ingest, worker, .*got "gateway,worer"/],
  ['MONOGRAM_SUBGRAPH_URLS', 'profiles=http://a/graphql', /expected addresses such as profiles=http/],
  ['MONOGRAM_SUBGRAPH_URLS', 'people=http://a', /of profiles, events, products, recommendations/],
  ['MONOGRAM_SUBGRAPH_URLS', 'profiles=http://a profiles=http://b', /expected addresses/],
  ['MONOGRAM_INTERNAL_SECRETS', 'hush', /one or two texts of at least 16 characters, got something else/],
  ['MONOGRAM_DRAIN_MS', '9000', /milliseconds from 0 to 8000/],
])('%s takes no %s', (variable, value, message) => {
  expect(mistakes({ [variable]: value })).toEqual([expect.stringMatching(message)])
})
