import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createApiKeys, type ApiKeys } from '../access/api-keys.ts'
import { createAuthenticate } from '../access/authenticate.ts'
import { createBrowserSessions } from '../access/browser-session.ts'
import { createCallerTokens, type CallerTokens } from '../access/caller-token.ts'
import { createRemoteKeyStore } from '../access/remote-key-store.ts'
import { createSubgraphsCheck } from '../access/subgraphs-check.ts'
import type { DeploymentSecrets } from '../access/secret.ts'
import type { FeaturedRecipient } from '../emails/pages.ts'
import { systemClock } from '../platform/clock.ts'
import type { Config } from '../platform/config/config.ts'
import { createDrain } from '../platform/drain.ts'
import { favourMainThread } from '../platform/helper-threads.ts'
import type { ReadyCheck } from '../platform/health.ts'
import { listen } from '../platform/listen.ts'
import type { Log } from '../platform/log.ts'
import { createMetrics } from '../platform/metrics.ts'
import { projectRoot } from '../platform/project-root.ts'
import { ResourceStack } from '../platform/resource-stack.ts'
import { writeLockInfo } from '../storage/embedded/lock.ts'
import type { Stream } from '../stream/ports.ts'
import { commandHandlers } from './command-handlers.ts'
import type { Output } from './command.ts'
import { createControlServer } from './control/control-server.ts'
import { prepareControlSocketPath } from './control/socket-path.ts'
import { createServer } from './create-server.ts'
import { createSubgraphs, type ServedSubgraphs } from './create-subgraphs.ts'
import { loadDemoData } from './load-demo-data.ts'
import { openServices, type OpenedServices } from './open-services.ts'
import type { KafkaDoors } from './open-kafka.ts'
import { openSecrets, openStreamOf } from './open-stream.ts'
import { requireOwnRedis } from './own-deployment.ts'
import { ownTokenOf } from './reach-subgraphs.ts'
import { checkDistributed, DEFAULT_DRAIN_MS, isDistributed, roleSetOf, type RoleSet } from './role-set.ts'
import { serveGraph } from './serve-graph.ts'
import { welcome } from './welcome.ts'

export interface StartOptions {
  config: Config
  demo: boolean
  terminal: Output
  log: Log
}

/** A start does not wait longer for recommendations: until they are ready, what is popular stands in for them. */
const RECOMMENDATIONS_WAIT_MS = 5_000

/** Resolves when it answers; disposing of it drains: not ready, then no more requests, then all is finished and closed. */
export async function startServer(options: StartOptions): Promise<AsyncDisposable & { url: string }> {
  const { config, log, terminal } = options
  const set = roleSetOf(config.roles)
  checkDistributed(config, set)
  // Before the store's own threads are started: those do not give way.
  if (set.has('gateway')) favourMainThread()
  const root = projectRoot(import.meta.url)
  await using opening = new ResourceStack()
  const secrets = await openSecrets(config)
  const services = set.needsStore ? opening.use(await openServices(config, log, set)) : null
  const stream = services?.stream ?? opening.use(await openOwnStream(config, secrets, log))
  const isFirstRun =
    services !== null && set.isWhole && options.demo && (await loadDemoData(services, { root, terminal }))
  const metrics = createMetrics()
  const kafka = services && opening.use(await openKafkaOf(services, set, config, log))
  for (const metric of [...(services?.metrics ?? []), ...(kafka?.metrics ?? [])]) {
    metrics.registerMetric(metric)
  }
  const tokens = createCallerTokens({ keys: secrets.callerKeys, clock: systemClock })
  const subgraphs = services && opening.use(await createSubgraphs(services, set.subgraphs, config, log))
  for (const metric of subgraphs?.metrics ?? []) metrics.registerMetric(metric)
  const local: ServedSubgraphs['byName'] = subgraphs?.byName ?? new Map()
  const graph = set.has('gateway')
    ? opening.use(await serveGraph({ root, local, config, stream, tokens, metrics, log }))
    : null
  await Promise.race([
    subgraphs?.recommendationsReady,
    delay(RECOMMENDATIONS_WAIT_MS, undefined, { ref: false }),
  ])

  const sessions = createBrowserSessions({ key: secrets.sessionKey, clock: systemClock, randomBytes })
  const apiKeys = services?.apiKeys ?? remoteKeys(config, secrets, tokens)
  const featured = set.isWhole && options.demo ? await readFeatured(root) : []
  const drain = createDrain()
  const server = await createServer({
    set,
    services,
    graph,
    local,
    tokens,
    subgraphsReady: subgraphsCheck(config, set, tokens, log),
    metrics,
    drain,
    authenticate: createAuthenticate({ apiKeys, sessions }),
    sessions,
    featured,
    root,
    dataDir: config.dataDir,
    log,
  })
  opening.defer(() => server.close())
  const { url, port } = await listen(server, config)
  if (services && !isDistributed(config)) opening.use(await openControl(config, services, { url, port }, log))
  opening.defer(async () => {
    drain.begin()
    await delay(config.drainMs ?? (set.isWhole ? 0 : DEFAULT_DRAIN_MS))
  })

  const key =
    services && isFirstRun
      ? await services.apiKeys.create({ name: 'first steps', scopes: ['ingest', 'read'] })
      : null
  const sessionUrl = graph ? `${url}${sessions.createLinkPath()}` : null
  const printed = welcome({ url, roles: config.roles, sessionUrl, key: key?.key ?? null, featured })
  for (const line of printed) terminal.out(line)

  const opened = opening.move()
  return { url, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() }
}

/** Its client is loaded only where there is a cluster. */
async function openKafkaOf(
  { accept, storage }: OpenedServices,
  set: RoleSet,
  config: Config,
  log: Log,
): Promise<KafkaDoors> {
  if (config.kafkaUrl === null) return { metrics: [], [Symbol.asyncDispose]: () => Promise.resolve() }
  const { openKafka } = await import('./open-kafka.ts')
  return openKafka({
    config,
    accept: set.has('ingest') ? accept : null,
    profiles: set.has('worker') ? storage.profiles : null,
    log,
  })
}

/** Of a gateway: it has no store that could tell its id, and knows its own by the secret. */
async function openOwnStream(config: Config, { fingerprint }: DeploymentSecrets, log: Log): Promise<Stream> {
  await using opening = new ResourceStack()
  const stream = opening.use(await openStreamOf(config, log))
  await requireOwnRedis(stream, { store: null, secret: fingerprint })
  opening.move()
  return stream
}

/** A gateway without a store asks those who have one. */
function remoteKeys(config: Config, secrets: DeploymentSecrets, tokens: CallerTokens): ApiKeys {
  return createApiKeys({
    store: createRemoteKeyStore({ urls: addressesOf(config), ownToken: ownTokenOf(tokens) }),
    pepper: secrets.apiKeyPepper,
    clock: systemClock,
    randomBytes,
  })
}

/** Null where a gateway has all subgraphs in its own process, or there is none. */
function subgraphsCheck(config: Config, set: RoleSet, tokens: CallerTokens, log: Log): ReadyCheck | null {
  const urls = addressesOf(config)
  if (set.isWhole || !set.has('gateway') || urls.length === 0) return null
  return createSubgraphsCheck({ urls, ownToken: ownTokenOf(tokens), log })
}

function addressesOf({ subgraphUrls }: Config): string[] {
  return [...new Set(Object.values(subgraphUrls).flat())]
}

/** For commands that find this process by the lock of its data folder. */
async function openControl(
  { dataDir }: Config,
  services: OpenedServices,
  { url, port }: { url: string; port: number },
  log: Log,
): Promise<AsyncDisposable> {
  const socketPath = await prepareControlSocketPath(dataDir)
  const handlers = commandHandlers({ ...services, server: { url, startedAt: services.clock() } })
  await using opening = new ResourceStack()
  opening.use(await createControlServer({ socketPath, handlers, log }))
  await writeLockInfo(dataDir, { pid: process.pid, socket: socketPath, port })
  return opening.move()
}

async function readFeatured(root: string): Promise<FeaturedRecipient[]> {
  return JSON.parse(await readFile(join(root, 'demo', 'featured.json'), 'utf8')) as FeaturedRecipient[]
}
