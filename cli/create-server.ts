import { join } from 'node:path'
import type { Registry } from 'prom-client'
import type { BrowserSessions } from '../access/browser-session.ts'
import type { CallerTokens } from '../access/caller-token.ts'
import { keyDoor } from '../access/key-door.ts'
import { sessionRoutes } from '../access/session-routes.ts'
import type { Authenticate } from '../core/access/authenticate.ts'
import { MonogramError } from '../core/errors.ts'
import { createCompiledCache } from '../emails/compiled-cache.ts'
import { createEmailRenderer } from '../emails/create-email-renderer.ts'
import { loadTemplates } from '../emails/load-templates.ts'
import type { FeaturedRecipient } from '../emails/pages.ts'
import { emailRoutes } from '../emails/routes.ts'
import { renderRoutes } from '../gateway/render/routes.ts'
import { graphqlRoutes } from '../gateway/server.ts'
import { segmentRoutes } from '../ingest/sources/segment/routes.ts'
import { createDirectPosts, type DirectPosts } from '../platform/direct-posts.ts'
import type { Drain } from '../platform/drain.ts'
import { healthRoutes, type ReadyCheck } from '../platform/health.ts'
import { createHttpServer } from '../platform/http.ts'
import type { Log } from '../platform/log.ts'
import { measureRequests, metricsRoutes } from '../platform/metrics.ts'
import { subgraphPath } from '../platform/roles.ts'
import type { Storage } from '../storage/ports.ts'
import { createDoorMetrics } from '../subgraphs/door/door-metrics.ts'
import { createDoorSockets } from '../subgraphs/door/door-sockets.ts'
import { createSubgraphDoor } from '../subgraphs/door/subgraph-door.ts'
import type { ServedSubgraphs } from './create-subgraphs.ts'
import type { OpenedServices } from './open-services.ts'
import type { RoleSet } from './role-set.ts'
import type { ServedGraph } from './serve-graph.ts'

export interface ServerParts {
  set: RoleSet
  /** Null without a store. */
  services: OpenedServices | null
  /** Null without a gateway. */
  graph: ServedGraph | null
  local: ServedSubgraphs['byName']
  tokens: CallerTokens
  /** Null where no subgraph is in another process. */
  subgraphsReady: ReadyCheck | null
  metrics: Registry
  drain: Drain
  authenticate: Authenticate
  sessions: BrowserSessions
  featured: readonly FeaturedRecipient[]
  root: string
  dataDir: string
  log: Log
}

type Server = ReturnType<typeof createHttpServer>

/** The doors of the roles that this process has, all on one port. */
export async function createServer(parts: ServerParts): Promise<Server> {
  const { set, services, graph, metrics, drain, authenticate, log } = parts
  const server = createHttpServer({
    log,
    drain,
    directPosts: set.isWhole ? createDirectPosts() : subgraphDoors(parts),
  })
  measureRequests(server, metrics)
  const checks = {
    ...(services && { store: () => requireWritable(services.storage) }),
    ...(parts.subgraphsReady && { subgraphs: parts.subgraphsReady }),
  }
  await server.register(healthRoutes({ checks, drain }))
  await server.register(metricsRoutes({ registry: metrics, authenticate }))
  if (services && set.has('ingest')) {
    await server.register(segmentRoutes({ accept: services.accept, authenticate }))
  }
  if (graph) await addGraphDoors(server, graph, parts)
  if (services && !set.isWhole) await addInnerDoors(server, services, parts)
  return server
}

/** What readers come to. */
async function addGraphDoors(
  server: Server,
  { gateway, documents, timers, turns }: ServedGraph,
  { sessions, authenticate, featured, metrics, root, dataDir, log }: ServerParts,
): Promise<void> {
  const compiled = createCompiledCache(join(dataDir, 'cache', 'templates'))
  const templates = await loadTemplates(join(root, 'templates'), {
    schema: gateway.schema,
    compile: compiled.compile,
  })
  await compiled.dropUnused()
  const renderer = createEmailRenderer({ templates, execute: (request) => gateway.execute(request), log })
  await server.register(sessionRoutes({ sessions, landing: '/emails' }))
  await server.register(graphqlRoutes({ gateway, authenticate, log }))
  await server.register(
    renderRoutes({ documents: () => documents, authenticate, log, metrics, timers, turns }),
  )
  await server.register(emailRoutes({ renderer, authenticate, log, featured }))
  server.get('/', { exposeHeadRoute: false }, (_request, reply) => reply.redirect('/graphql', 303))
}

function subgraphDoors({ local, tokens, metrics, drain, log }: ServerParts): DirectPosts {
  const doorMetrics = createDoorMetrics(metrics)
  const doors = createDirectPosts()
  for (const [name, subgraph] of local) {
    const door = createSubgraphDoor({ subgraph, check: tokens.check, metrics: doorMetrics, drain, log })
    doors.at(subgraphPath(name), door)
  }
  return doors
}

/** What other processes of the deployment come to, beside the calls of subgraphs. */
async function addInnerDoors(
  server: Server,
  { storage }: OpenedServices,
  { local, tokens, log }: ServerParts,
): Promise<void> {
  const { check } = tokens
  await server.register(keyDoor({ keys: storage.apiKeys, check }))
  const sockets = Array.from(local, ([name, subgraph]) =>
    createDoorSockets({ server: server.server, path: subgraphPath(name), subgraph, check, log }),
  )
  server.addHook('preClose', async () => {
    await Promise.all(sockets.map((socket) => socket[Symbol.asyncDispose]()))
  })
}

/** @throws MonogramError STORAGE_UNAVAILABLE: health tells no other reason to somebody without a key */
async function requireWritable(storage: Storage): Promise<void> {
  await storage.ready().catch((cause: unknown) => {
    throw new MonogramError('STORAGE_UNAVAILABLE', 'the store takes no writes now; events are refused', {
      cause,
    })
  })
}
