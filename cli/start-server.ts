import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { createAuthenticate } from '../access/authenticate.ts'
import { createBrowserSessions } from '../access/browser-session.ts'
import { sessionRoutes } from '../access/session-routes.ts'
import { MonogramError } from '../core/errors.ts'
import { createCompiledCache } from '../emails/compiled-cache.ts'
import { createEmailRenderer } from '../emails/create-email-renderer.ts'
import { loadTemplates } from '../emails/load-templates.ts'
import type { FeaturedRecipient } from '../emails/pages.ts'
import { emailRoutes } from '../emails/routes.ts'
import { measureEntityCache } from '../gateway/cache/cache-metrics.ts'
import { renderRoutes } from '../gateway/render/routes.ts'
import { graphqlRoutes } from '../gateway/server.ts'
import { segmentRoutes } from '../ingest/sources/segment/routes.ts'
import type { Config } from '../platform/config.ts'
import { healthRoutes } from '../platform/health.ts'
import { createHttpServer } from '../platform/http.ts'
import { listen } from '../platform/listen.ts'
import type { Log } from '../platform/log.ts'
import { createMetrics, measureRequests, metricsRoutes } from '../platform/metrics.ts'
import { projectRoot } from '../platform/project-root.ts'
import { ResourceStack } from '../platform/resource-stack.ts'
import { writeLockInfo } from '../storage/embedded/lock.ts'
import type { Storage } from '../storage/ports.ts'
import { commandHandlers } from './command-handlers.ts'
import type { Output } from './command.ts'
import { createControlServer } from './control/control-server.ts'
import { prepareControlSocketPath } from './control/socket-path.ts'
import type { KafkaDoors } from './open-kafka.ts'
import { openServices, type OpenedServices } from './open-services.ts'
import { loadDemoData } from './load-demo-data.ts'
import { serveGraph, type ServedGraph } from './serve-graph.ts'
import { welcome } from './welcome.ts'

export interface StartOptions {
  config: Config
  demo: boolean
  terminal: Output
  log: Log
}

/** A start does not wait longer for recommendations: until they are ready, what is popular stands in for them. */
const RECOMMENDATIONS_WAIT_MS = 5_000

/** Everything in one process. Resolves when it answers; disposing of it finishes what is under way and closes all. */
export async function startServer(options: StartOptions): Promise<AsyncDisposable & { url: string }> {
  const { config, log, terminal } = options
  const root = projectRoot(import.meta.url)
  await using opening = new ResourceStack()
  const services = opening.use(await openServices(config, log))
  const isFirstRun = options.demo && (await loadDemoData(services, { root, terminal }))
  const graph = opening.use(await serveGraph(services, { ...config, root, log }))
  await Promise.race([graph.recommendationsReady, delay(RECOMMENDATIONS_WAIT_MS, undefined, { ref: false })])

  const sessions = createBrowserSessions({
    key: services.secrets.sessionKey,
    clock: services.clock,
    randomBytes,
  })
  const featured = options.demo ? await readFeatured(root) : []
  const kafka = opening.use(await openKafkaOf(services, config, log))
  const server = await createServer({ services, graph, kafka, sessions, featured, root, log })
  opening.defer(() => server.close())
  const { url, port } = await listen(server, config)

  const socketPath = await prepareControlSocketPath(config.dataDir)
  const handlers = commandHandlers({ ...services, server: { url, startedAt: services.clock() } })
  opening.use(await createControlServer({ socketPath, handlers, log }))
  await writeLockInfo(config.dataDir, { pid: process.pid, socket: socketPath, port })

  const key = isFirstRun
    ? await services.apiKeys.create({ name: 'first steps', scopes: ['ingest', 'read'] })
    : null
  const sessionUrl = `${url}${sessions.createLinkPath()}`
  for (const line of welcome({ url, sessionUrl, key: key?.key ?? null, featured })) terminal.out(line)

  const opened = opening.move()
  return { url, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() }
}

/** Its client is loaded only where there is a cluster. */
async function openKafkaOf(
  { accept, storage }: OpenedServices,
  config: Config,
  log: Log,
): Promise<KafkaDoors> {
  if (config.kafkaUrl === null) return { metrics: [], [Symbol.asyncDispose]: () => Promise.resolve() }
  const { openKafka } = await import('./open-kafka.ts')
  return openKafka({ config, accept, profiles: storage.profiles, log })
}

interface ServerParts {
  services: OpenedServices
  graph: ServedGraph
  kafka: KafkaDoors
  sessions: ReturnType<typeof createBrowserSessions>
  featured: readonly FeaturedRecipient[]
  root: string
  log: Log
}

/** All doors on one port. */
async function createServer(parts: ServerParts): Promise<ReturnType<typeof createHttpServer>> {
  const { services, graph, kafka, sessions, featured, root, log } = parts
  const { gateway, documents } = graph
  const authenticate = createAuthenticate({ apiKeys: services.apiKeys, sessions })
  const compiled = createCompiledCache(join(services.dataDir, 'cache', 'templates'))
  const templates = await loadTemplates(join(root, 'templates'), {
    schema: gateway.schema,
    compile: compiled.compile,
  })
  await compiled.dropUnused()
  const renderer = createEmailRenderer({ templates, execute: (request) => gateway.execute(request), log })
  const metrics = createMetrics()
  for (const metric of [...services.metrics.all, ...kafka.metrics]) metrics.registerMetric(metric)
  if (graph.cache) measureEntityCache(metrics, graph.cache)

  const server = createHttpServer({ log })
  measureRequests(server, metrics)
  await server.register(healthRoutes({ checks: { store: () => requireWritable(services.storage) } }))
  await server.register(metricsRoutes({ registry: metrics, authenticate }))
  await server.register(sessionRoutes({ sessions, landing: '/emails' }))
  await server.register(segmentRoutes({ accept: services.accept, authenticate }))
  await server.register(graphqlRoutes({ gateway, authenticate, log }))
  await server.register(renderRoutes({ documents: () => documents, authenticate, log, metrics }))
  await server.register(emailRoutes({ renderer, authenticate, log, featured }))
  server.get('/', { exposeHeadRoute: false }, (_request, reply) => reply.redirect('/graphql', 303))
  return server
}

/** @throws MonogramError STORAGE_UNAVAILABLE: health tells no other reason to somebody without a key */
async function requireWritable(storage: Storage): Promise<void> {
  await storage.ready().catch((cause: unknown) => {
    throw new MonogramError('STORAGE_UNAVAILABLE', 'the store takes no writes now; events are refused', {
      cause,
    })
  })
}

async function readFeatured(root: string): Promise<FeaturedRecipient[]> {
  return JSON.parse(await readFile(join(root, 'demo', 'featured.json'), 'utf8')) as FeaturedRecipient[]
}
