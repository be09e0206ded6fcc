import { readFile } from 'node:fs/promises'
import type { Authenticate } from '../core/access/authenticate.ts'
import { MonogramError } from '../core/errors.ts'
import { createEntityBatching, type EntityBatching } from '../gateway/batching/batch-entities.ts'
import { createRootFetches, type RootFetches } from '../gateway/batching/join-root.ts'
import { measureEntityCache } from '../gateway/cache/cache-metrics.ts'
import { EntityCache } from '../gateway/cache/entity-cache.ts'
import { checkSupergraph } from '../gateway/check-supergraph.ts'
import { countRequests } from '../gateway/count-requests.ts'
import { createGateway, type Gateway, type GatewayOptions } from '../gateway/create-gateway.ts'
import { loadDocuments, NO_DOCUMENTS, type TrustedDocuments } from '../gateway/documents/load-documents.ts'
import { createTurnClock, type TurnClock } from '../gateway/deadlines/turn-clock.ts'
import { checkFallbackDirectives, fallbackDirectives } from '../gateway/fallback/fallback-directives.ts'
import type { GraphOfSupergraph } from '../gateway/find-subgraph.ts'
import { createGenerations, type Generation } from '../gateway/generations.ts'
import type { QueryLimits } from '../gateway/query-limits.ts'
import { serveCannedAnswers } from '../gateway/rehearsal/canned-server.ts'
import { rehearse } from '../gateway/rehearsal/rehearse.ts'
import { createStandIn } from '../gateway/rehearsal/stand-in.ts'
import { RENDER_DEADLINES, renderRoutes } from '../gateway/render/routes.ts'
import { graphqlRoutes } from '../gateway/server.ts'
import { measureBatching, measureDocuments, measureSubgraphs } from '../gateway/subgraph-metrics.ts'
import { createDeadlineTimers, type DeadlineTimers } from '../gateway/transports/deadline-timers.ts'
import { createOneEachTurn, type OneEachTurn } from '../gateway/transports/large-answers.ts'
import {
  createHttpSubgraph,
  DEFAULT_MAX_RESPONSE_BYTES,
  type HttpSubgraph,
} from '../gateway/transports/http-subgraph.ts'
import { favourMainThread } from '../platform/helper-threads.ts'
import { healthRoutes } from '../platform/health.ts'
import { createHttpServer } from '../platform/http.ts'
import { listen } from '../platform/listen.ts'
import { systemClock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import { createMetrics, measureRequests, metricsRoutes } from '../platform/metrics.ts'
import { didYouMean } from '../platform/nearest.ts'
import { ResourceStack } from '../platform/resource-stack.ts'
import { watchFiles } from '../platform/watch-files.ts'
import { openStream } from '../stream/open-stream.ts'
import { DEFAULT_PARTITIONS } from '../stream/partition.ts'

export { DEFAULT_MAX_RESPONSE_BYTES }

export interface ServeGatewayOptions {
  supergraphFile: string
  /** A folder or a manifest; null: no trusted documents. */
  documents: string | null
  /** By name of the subgraph, over what the supergraph says. */
  subgraphUrls: ReadonlyMap<string, string>
  limits: Partial<QueryLimits>
  /** Of one answer of a subgraph. */
  maxResponseBytes: number
  /** Whether concurrent requests share calls of subgraphs. */
  isBatching: boolean
  /** Of the render lane, where neither the request nor its document has one. */
  deadlineMs: number | null
  host: string
  port: number
  authenticate: Authenticate
  /** What is kept of entities; null: nothing. */
  cacheBytes: number | null
  /** Through which gateways share it; null: each keeps its own alone. */
  redisUrl: string | null
  log: Log
}

export interface ServedGateway extends AsyncDisposable {
  url: string
  subgraphs: readonly string[]
  documents: readonly string[]
  /** Reads supergraph and documents anew; what is broken changes nothing. Happens by itself when a file changes. */
  reload(): Promise<void>
}

/** The engine alone, in front of subgraphs over HTTP. Rejects with what is wrong with the supergraph or a document. */
export async function serveGateway(options: ServeGatewayOptions): Promise<ServedGateway> {
  favourMainThread()
  const { authenticate, log, supergraphFile, documents, deadlineMs } = options
  await using opening = new ResourceStack()
  const timers = createDeadlineTimers()
  const turns = createTurnClock()
  const shared = {
    timers,
    turns,
    oneEachTurn: createOneEachTurn(timers),
    batching: options.isBatching ? createEntityBatching({ timers }) : null,
    rootFetches: createRootFetches({ timers, isJoining: options.isBatching }),
    cache: await openCache(options, opening),
  }
  let isLive = false
  const generations = opening.use(
    await createGenerations({
      load: async () => {
        const generation = await loadGeneration(options, shared, isLive)
        isLive = true
        return generation
      },
      log,
    }),
  )
  const { gateway } = generations
  const metrics = createMetrics()
  measureSubgraphs(metrics, () => generations.current.subgraphs)
  measureDocuments(metrics, () => gateway.cacheCounts)
  if (shared.cache) measureEntityCache(metrics, shared.cache)
  if (shared.batching) measureBatching(metrics, shared.batching.counters, shared.rootFetches.counters)

  const server = createHttpServer({ log })
  measureRequests(server, metrics)
  await server.register(healthRoutes({ checks: {} }))
  await server.register(metricsRoutes({ registry: metrics, authenticate }))
  await server.register(graphqlRoutes({ gateway, authenticate, log }))
  await server.register(
    renderRoutes({
      documents: () => generations.current.documents,
      authenticate,
      log,
      metrics,
      timers,
      turns,
      deadlines: { ...RENDER_DEADLINES, ...(deadlineMs === null ? {} : { defaultMs: deadlineMs }) },
    }),
  )
  opening.defer(() => server.close())
  const { url } = await listen(server, options)

  const reload = (): Promise<void> => generations.reload()
  const watch = await watchFiles({
    paths: documents === null ? [supergraphFile] : [supergraphFile, documents],
    onChange: () => void reload(),
  })
  opening.defer(async () => watch[Symbol.dispose]())
  const opened = opening.move()
  return {
    url,
    subgraphs: generations.current.subgraphs.map(({ name }) => name),
    documents: generations.current.documents.names,
    reload,
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  }
}

interface LoadedGeneration extends Generation {
  subgraphs: readonly HttpSubgraph[]
  documents: TrustedDocuments
}

/** No feed tells changes of these entities: time alone ends what is kept, whatever version they have. */
async function openCache(
  { cacheBytes, redisUrl, log }: ServeGatewayOptions,
  opening: ResourceStack,
): Promise<EntityCache | null> {
  if (cacheBytes === null) return null
  const shared =
    redisUrl === null
      ? null
      : await openStream({ url: redisUrl, partitions: DEFAULT_PARTITIONS, clock: systemClock, log })
  if (shared) opening.use(shared)
  return new EntityCache({
    maxBytes: cacheBytes,
    feed: null,
    store: shared?.entityCache ?? null,
    clock: systemClock,
  })
}

/** What lasts while generations come and go. */
interface SharedParts {
  timers: DeadlineTimers
  turns: TurnClock
  oneEachTurn: OneEachTurn
  batching: EntityBatching | null
  rootFetches: RootFetches
  cache: EntityCache | null
}

/** Everything that files bring about; nothing stays open when one of them is wrong. */
async function loadGeneration(
  options: ServeGatewayOptions,
  { timers, turns, oneEachTurn, batching, rootFetches, cache }: SharedParts,
  isLive: boolean,
): Promise<LoadedGeneration> {
  const { supergraphFile, limits, maxResponseBytes } = options
  const supergraphSdl = await readSupergraph(supergraphFile)
  const graphs = checkSupergraph(supergraphSdl, supergraphFile)
  await using opening = new ResourceStack()
  await using canned = await serveCannedAnswers(supergraphSdl)
  await using standingIn = new ResourceStack()
  const subgraphs = urlsOf(graphs, options.subgraphUrls).map(({ name, url }) =>
    opening.use(createHttpSubgraph({ name, url, timers, turns, oneEachTurn, maxResponseBytes })),
  )
  const standIns = subgraphs.map((subgraph) => {
    const other = standingIn.use(createHttpSubgraph({ name: subgraph.name, url: canned.url, timers }))
    return { name: subgraph.name, ...createStandIn(subgraph, other) }
  })
  const byField = fallbackDirectives(supergraphSdl)
  const engine = opening.use(
    createChecked(
      {
        supergraphSdl,
        subgraphs: Object.fromEntries(standIns.map(({ name, client }) => [name, client])),
        limits,
        fallbacks: byField,
        isPlannerIsolated: true,
        cache,
        fetchRoot: rootFetches.fetchRoot,
        ...(batching ? { fetchEntities: batching.fetchEntities } : {}),
      },
      supergraphFile,
    ),
  )
  checkFallbackDirectives(byField, engine.schema)
  const counted = countRequests(engine)
  const { gateway } = counted
  const documents =
    options.documents === null
      ? NO_DOCUMENTS
      : await loadDocuments({ path: options.documents, gateway, byField })
  await rehearse({
    documents,
    schema: gateway.schema,
    isLive,
    behave: (manner) => {
      canned.manner = manner
    },
  })
  for (const standIn of standIns) standIn.leave()
  const opened = opening.move()
  return {
    gateway,
    subgraphs,
    documents,
    idle: () => counted.idle(),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  }
}

/** What only the planner finds wrong has no line, but still the file. */
function createChecked(options: GatewayOptions, file: string): Gateway {
  try {
    return createGateway(options)
  } catch (error) {
    if (error instanceof MonogramError) throw error
    const reason = error instanceof Error ? error.message : String(error)
    throw new MonogramError('SUPERGRAPH_INVALID', `${file}: ${reason}`, { cause: error })
  }
}

async function readSupergraph(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? String(error)
    throw new MonogramError(
      'SUPERGRAPH_INVALID',
      `${file}: expected a file with a composed supergraph, which cannot be read (${why}): give its path as --supergraph`,
      { cause: error },
    )
  }
}

function urlsOf(
  graphs: readonly GraphOfSupergraph[],
  given: ReadonlyMap<string, string>,
): { name: string; url: string }[] {
  const names = graphs.map(({ name }) => name)
  const mistakes = Array.from(given.keys())
    .filter((name) => !names.includes(name))
    .map((name) => `--subgraph ${name}: the supergraph has no such subgraph${didYouMean(name, names)}`)
  const urls = graphs.map(({ name, url }) => ({ name, url: given.get(name) ?? url }))
  for (const { name, url } of urls) {
    if (url === '')
      mistakes.push(`the supergraph has no address for "${name}": give --subgraph ${name}=http://…`)
  }
  if (mistakes.length > 0) throw new MonogramError('CONFIG_INVALID', mistakes.join('\n'))
  return urls
}
