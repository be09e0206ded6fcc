import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import {
  runMonogram,
  startMonogram,
  temporaryFolder,
  type CommandResult,
  type MonogramProcess,
} from '../../bench/support/monogram-process.ts'
import { SUBGRAPHS } from '../../platform/roles.ts'
import { monogramServices } from './compose-file.ts'

export interface ClusterOptions {
  mongodbUrl: string
  redisUrl: string
  /** How many processes of each service; 1 of those that are not named. */
  counts?: Readonly<Record<string, number>>
  env?: Readonly<Record<string, string>>
  /** Where a process finds the database, given where it is; the same when absent. */
  storageUrlOf?: (name: string, url: string) => string
}

/**
 * Monogram with every role as a process of its own, on one database: the services of docker-compose.yml, each with its own
 * command and environment, in which addresses alone are others.
 */
export interface Cluster extends AsyncDisposable {
  /** `gateway-0`, `profiles-1`, … */
  readonly names: readonly string[]
  /** Where a process is, also after it was started again. */
  url(name: string): string
  process(name: string): MonogramProcess
  /** SIGKILL, and a new one at the same address. */
  kill(name: string): Promise<void>
  /** SIGTERM; resolves with the exit code. */
  stop(name: string): Promise<number | null>
  start(name: string, env?: Readonly<Record<string, string>>): Promise<void>
  /** A command beside the running processes. */
  run(...args: string[]): Promise<CommandResult>
  createKey(...scopes: string[]): Promise<string>
  env: Readonly<Record<string, string>>
}

/** What others ask is started before them. */
const ORDER = [...SUBGRAPHS, 'ingest', 'worker', 'gateway']

export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { counts = {}, storageUrlOf = (_, url) => url } = options
  const dataDir = temporaryFolder()
  const services = monogramServices()
  const names = Array.from(services.keys())
    .sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b))
    .flatMap((service) => Array.from({ length: counts[service] ?? 1 }, (_, i) => `${service}-${i}`))
  const ports = await freePorts(names.length)
  const url = (name: string): string => `http://127.0.0.1:${ports[names.indexOf(name)] ?? 0}`
  /** As `http://profiles:4000` stands for all processes of that service. */
  const addressed = (text: string): string =>
    text.replaceAll(/http:\/\/(\w+):4000/g, (_, service: string) =>
      names
        .filter((name) => serviceOf(name) === service)
        .map(url)
        .join(','),
    )
  const env = {
    MONOGRAM_SUBGRAPH_URLS: addressed(services.get('gateway')?.environment?.['MONOGRAM_SUBGRAPH_URLS'] ?? ''),
    MONOGRAM_STORAGE_URL: databaseUrl(options.mongodbUrl),
    MONOGRAM_REDIS_URL: options.redisUrl,
    MONOGRAM_SECRET: 'the secret of a test cluster',
    MONOGRAM_LOG_LEVEL: 'warn',
    ...options.env,
  }
  const running = new Map<string, MonogramProcess>()

  async function start(name: string, more: Readonly<Record<string, string>> = {}): Promise<void> {
    const { command = [], environment = {} } = services.get(serviceOf(name)) ?? {}
    const own = Object.fromEntries(
      Object.entries({ ...environment, ...env }).map(([key, value]) => [key, addressed(value)]),
    )
    const reached = {
      MONOGRAM_PORT: String(ports[names.indexOf(name)]),
      MONOGRAM_STORAGE_URL: storageUrlOf(name, env.MONOGRAM_STORAGE_URL),
    }
    running.set(name, await startMonogram({ dataDir, args: command, env: { ...own, ...reached, ...more } }))
  }
  function processOf(name: string): MonogramProcess {
    const found = running.get(name)
    if (!found) throw new Error(`there is no process ${name}`)
    return found
  }
  async function close(): Promise<void> {
    await Promise.all([...running.values()].map((each) => each.kill()))
    await rm(dataDir, { recursive: true, force: true })
  }

  try {
    // One first, which makes the indexes; then few at a time: each start takes a second of a core.
    const [first = '', ...rest] = names
    await start(first)
    await Promise.all(
      [0, 1, 2].map(async (lane) => {
        for (const name of rest.filter((_, i) => i % 3 === lane)) await start(name)
      }),
    )
  } catch (error) {
    await close()
    throw error
  }
  const run = (...args: string[]): Promise<CommandResult> => runMonogram(args, { dataDir, env })
  return {
    names,
    url,
    env,
    process: processOf,
    start,
    run,
    async kill(name) {
      await processOf(name).kill()
      await start(name)
    },
    stop: (name) => processOf(name).stop(),
    async createKey(...scopes) {
      const flags = scopes.flatMap((scope) => ['--scope', scope])
      const { code, stdout, stderr } = await run('keys', 'create', '--name', 'test', ...flags, '--json')
      if (code !== 0) throw new Error(`keys create failed: ${stderr}`)
      return (JSON.parse(stdout) as { key: string }).key
    },
    [Symbol.asyncDispose]: close,
  }
}

/** One that no other test has. The stand-in for MongoDB is slow where the machine is busy: it is given time. */
export function databaseUrl(serverUrl: string): string {
  const url = new URL(`/monogram_${randomBytes(6).toString('hex')}`, serverUrl)
  url.searchParams.set('serverSelectionTimeoutMS', '8000')
  url.searchParams.set('connectTimeoutMS', '8000')
  url.searchParams.set('socketTimeoutMS', '8000')
  return url.href
}

function serviceOf(name: string): string {
  return name.slice(0, name.lastIndexOf('-'))
}

/** Ports that nothing listens on now. */
async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer()
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      return server
    }),
  )
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}
