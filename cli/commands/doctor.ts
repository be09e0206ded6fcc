import { access, constants, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { dirname } from 'node:path'
import type { ConfigKey, LoadedConfig } from '../../platform/config/config.ts'
import { SECRET_KEYS, variableName } from '../../platform/config/settings.ts'
import { readLockInfo } from '../../storage/embedded/lock.ts'
import { openDatabase } from '../../storage/embedded/sqlite.ts'
import { describeSharedStore, isShared } from '../../storage/open-storage.ts'
import { redactUrl } from '../../storage/redact-url.ts'
import { JSON_OPTION, type Command } from '../command.ts'
import { table } from '../table.ts'
import { DEFAULT_DRAIN_MS } from '../role-set.ts'
import { checkDeployment } from './doctor-deployment.ts'
import { checkKafka } from './doctor-kafka.ts'

interface Check {
  name: string
  ok: boolean
  found: string
}

const NODE_FLOOR = [20, 19] as const
const SQLITE_FLOOR = [3, 51, 3] as const

export const doctorCommand: Command = {
  name: 'doctor',
  summary: 'Print the settings in force and whence each came, and check what the program needs',
  positionals: [],
  options: { json: JSON_OPTION },
  async run(input, context, loaded) {
    const settings = describeSettings(loaded)
    const checks = await runChecks(loaded)
    if (input.flag('json')) {
      context.out(JSON.stringify({ version: context.version, settings, checks }, null, 2))
    } else {
      const rows = settings.map(({ name, value, source }) => [name, value, `(${source})`])
      for (const line of table(rows)) context.out(line)
      context.out('')
      const found = checks.map((check) => [check.ok ? 'ok' : 'FAILED', check.name, check.found])
      for (const line of table(found)) context.out(line)
    }
    return checks.every(({ ok }) => ok) ? 0 : 1
  },
}

/** What is secret is never printed. */
function describeSettings({
  config,
  sources,
  file,
}: LoadedConfig): { name: string; value: string; source: string }[] {
  return (Object.keys(sources) as ConfigKey[]).map((key) => {
    const shown = shownValue(config, key)
    const source = sources[key] === 'file' ? `file ${file ?? ''}` : sources[key]
    return {
      name: variableName(key),
      value: typeof shown === 'object' ? JSON.stringify(shown) : String(shown),
      source,
    }
  })
}

function shownValue(config: LoadedConfig['config'], key: ConfigKey): object | string | number | undefined {
  if (key === 'storageUrl' || key === 'redisUrl') return redactUrl(config[key] ?? WITHOUT[key] ?? '')
  if (config[key] !== null && SECRET_KEYS.has(key)) return 'set'
  if (key === 'kafkaUrl' && config.kafkaUrl) return config.kafkaUrl.brokers.join(',')
  if (key === 'roles') return config.roles?.join(',') ?? 'everything'
  if (key === 'drainMs') return config.drainMs ?? (config.roles === null ? 0 : DEFAULT_DRAIN_MS)
  if (key === 'kafkaTopics') return config.kafkaTopics.join(',') || 'none'
  return config[key] ?? WITHOUT[key]
}

/** What it means that a setting is not given. */
const WITHOUT: Partial<Record<ConfigKey, string>> = {
  secret: 'in the data folder',
  internalSecrets: 'derived from the secret',
  storageUrl: 'embedded',
  redisUrl: 'within this process',
  identityRules: 'the defaults',
  country: 'none',
  retainDays: 'for ever',
  kafkaUrl: 'no Kafka',
  kafkaChangesTopic: 'none',
}

/** Looks, and changes nothing. */
async function runChecks({ config }: LoadedConfig): Promise<Check[]> {
  const server = await runningServer(config.dataDir)
  return [
    atLeast('Node.js', process.versions.node, NODE_FLOOR),
    atLeast('SQLite', sqliteVersion(), SQLITE_FLOOR),
    await checkFolder(config.dataDir),
    ...(isShared(config.storageUrl) ? [await checkDatabase(config.storageUrl)] : []),
    ...(await checkDeployment(config)),
    ...(await checkKafka(config)),
    server?.port === config.port
      ? {
          name: 'port',
          ok: true,
          found: `${config.port} is served by process ${server.pid}, with this data folder`,
        }
      : await checkPort(config.host, config.port),
  ]
}

function atLeast(name: string, version: string, floor: readonly number[]): Check {
  const parts = version.split('.').map(Number)
  const different = floor.findIndex((part, i) => (parts[i] ?? 0) !== part)
  const ok = different < 0 || (parts[different] ?? 0) > (floor[different] ?? 0)
  return { name, ok, found: ok ? version : `${version}; ${floor.join('.')} or later is needed` }
}

function sqliteVersion(): string {
  const db = openDatabase(':memory:', { busyTimeoutMs: 0 })
  try {
    return db.prepare<[string]>('SELECT sqlite_version()').get()?.[0] ?? 'unknown'
  } finally {
    db.close()
  }
}

/** A folder that is not there yet must be one that can be made. */
async function checkFolder(dataDir: string): Promise<Check> {
  const name = 'data folder'
  for (let folder = dataDir; ; folder = dirname(folder)) {
    try {
      if (!(await stat(folder)).isDirectory()) return { name, ok: false, found: `${folder} is not a folder` }
      await access(folder, constants.W_OK | constants.X_OK)
      return {
        name,
        ok: true,
        found: folder === dataDir ? `${dataDir} is writable` : `${dataDir} can be made`,
      }
    } catch (error) {
      const missing = (error as NodeJS.ErrnoException).code === 'ENOENT'
      if (!missing) return { name, ok: false, found: `${folder} is not writable for this user` }
    }
  }
}

async function checkDatabase(url: string): Promise<Check> {
  const name = 'database'
  try {
    return { name, ok: true, found: await describeSharedStore(url) }
  } catch (error) {
    return { name, ok: false, found: error instanceof Error ? error.message : String(error) }
  }
}

async function checkPort(host: string, port: number): Promise<Check> {
  const name = 'port'
  const server = createServer()
  const error = await new Promise<NodeJS.ErrnoException | null>((resolve) => {
    server.once('error', resolve)
    server.listen(port, host, () => resolve(null))
  })
  if (!error) {
    await new Promise((resolve) => server.close(resolve))
    return { name, ok: true, found: port === 0 ? `any free one on ${host}` : `${host}:${port} is free` }
  }
  const taken = error.code === 'EADDRINUSE'
  const found = taken ? 'is taken; set MONOGRAM_PORT to another, or stop what uses it' : error.message
  return { name, ok: false, found: `${host}:${port} ${found}` }
}

/** Null unless the process that says it serves this folder is alive. */
async function runningServer(dataDir: string): Promise<{ pid: number; port: number | null } | null> {
  const info = await readLockInfo(dataDir)
  if (!info) return null
  try {
    process.kill(info.pid, 0)
    return info
  } catch {
    return null
  }
}
