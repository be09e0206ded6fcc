import { resolve } from 'node:path'
import { z } from 'zod'
import { MonogramError } from '../../core/errors.ts'
import { didYouMean } from '../nearest.ts'
import type { Config, ConfigFile, ConfigKey, ConfigSource, LoadedConfig } from './config.ts'
import { CONFIG_KEYS, SECRET_KEYS, SETTINGS, variableName } from './settings.ts'

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
    const { schema, expected, fallback } = SETTINGS[key]
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

/** What was given, without what must not be in a log: a secret, or an address that may have a password in it. */
function describeGiven(key: ConfigKey, given: unknown): string {
  if (key === 'secret' || key === 'internalSecrets') return 'something else'
  if (key !== 'kafkaUrl' && !SECRET_KEYS.has(key)) return JSON.stringify(given)
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(String(given))?.[0]
  return scheme === undefined ? 'something that is no URL' : `"${scheme}…"`
}

/** Variables of the same beginning that belong to others: to clients that send a key, to docker-compose.yml, and to the tests. */
const NOT_OURS = /^MONOGRAM_(KEY|BIND|GATEWAY_PORTS|INGEST_PORTS|METRICS_KEY|REQUIRE_SERVERS|TEST_\w+)$/

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
