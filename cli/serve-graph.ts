import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CallerTokens } from '../access/caller-token.ts'
import { createEntityBatching } from '../gateway/batching/batch-entities.ts'
import { createRootFetches } from '../gateway/batching/join-root.ts'
import type { EntityCache } from '../gateway/cache/entity-cache.ts'
import { measureEntityCache } from '../gateway/cache/cache-metrics.ts'
import { openEntityCache } from '../gateway/cache/open-entity-cache.ts'
import { createGateway, type Gateway } from '../gateway/create-gateway.ts'
import { createTurnClock, type TurnClock } from '../gateway/deadlines/turn-clock.ts'
import { loadDocuments, type TrustedDocuments } from '../gateway/documents/load-documents.ts'
import { fallbackDirectives } from '../gateway/fallback/fallback-directives.ts'
import type { SubgraphClient } from '../gateway/subgraph-client.ts'
import { measureBatching, measureDocuments, measureSubgraphs } from '../gateway/subgraph-metrics.ts'
import { createDeadlineTimers, type DeadlineTimers } from '../gateway/transports/deadline-timers.ts'
import type { HttpSubgraph } from '../gateway/transports/http-subgraph.ts'
import { systemClock } from '../platform/clock.ts'
import type { Config } from '../platform/config/config.ts'
import type { Log } from '../platform/log.ts'
import { ResourceStack } from '../platform/resource-stack.ts'
import { SUBGRAPHS } from '../platform/roles.ts'
import type { Stream } from '../stream/ports.ts'
import type { Registry } from 'prom-client'
import type { ServedSubgraphs } from './create-subgraphs.ts'
import { rehearseGraph } from './rehearse-graph.ts'
import { reachSubgraph } from './reach-subgraphs.ts'

export interface ServedGraph extends AsyncDisposable {
  gateway: Gateway
  /** Those of `documents/`. */
  documents: TrustedDocuments
  /** Those of the calls of subgraphs, for the doors to share. */
  timers: DeadlineTimers
  turns: TurnClock
}

export interface ServeGraphOptions {
  root: string
  /** Those of this process; each other one is at its addresses. */
  local: ServedSubgraphs['byName']
  config: Pick<Config, 'subgraphUrls' | 'redisUrl' | 'cacheMaxBytes' | 'cacheSampleOneIn'>
  stream: Stream
  tokens: CallerTokens
  metrics: Registry
  log: Log
}

/** The graph as one, in front of subgraphs in this process and in others. */
export async function serveGraph(options: ServeGraphOptions): Promise<ServedGraph> {
  const { root, local, config, tokens, metrics } = options
  const supergraphSdl = await readFile(join(root, 'schema', 'supergraph.graphql'), 'utf8')
  await using opening = new ResourceStack()
  const timers = createDeadlineTimers()
  const turns = createTurnClock()
  const remote: HttpSubgraph[] = []
  const clients = SUBGRAPHS.map((name): [string, SubgraphClient] => {
    const own = local.get(name)
    if (own) return [name, own]
    const reached = opening.use(
      reachSubgraph(name, config.subgraphUrls[name] ?? [], { tokens, timers, turns }),
    )
    remote.push(reached)
    return [name, reached]
  })
  const byField = fallbackDirectives(supergraphSdl)
  const cache = openCache(options, opening)
  const gateway = opening.use(
    createGateway({
      supergraphSdl,
      cache,
      fallbacks: byField,
      subgraphs: Object.fromEntries(clients),
      ...(remote.length > 0 && joinedCalls(metrics, remote)),
    }),
  )
  measureDocuments(metrics, () => gateway.cacheCounts)
  const documentsPath = join(root, 'documents')
  const documents = await loadDocuments({ path: documentsPath, gateway, byField })
  const isLocal = remote.length === 0
  await rehearseGraph({ supergraphSdl, documentsPath, byField, gateway, documents, isLocal })
  const opened = opening.move()
  return { gateway, documents, timers, turns, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() }

  /** Over a network concurrent requests share calls; within a process that would only cost. */
  function joinedCalls(registry: Registry, subgraphs: readonly HttpSubgraph[]) {
    const batching = createEntityBatching({ timers })
    const rootFetches = createRootFetches({ timers, isJoining: true })
    measureSubgraphs(registry, () => subgraphs)
    measureBatching(registry, batching.counters, rootFetches.counters)
    return { fetchEntities: batching.fetchEntities, fetchRoot: rootFetches.fetchRoot }
  }
}

function openCache(
  { config, stream, metrics, log }: ServeGraphOptions,
  opening: ResourceStack,
): EntityCache | null {
  if (config.cacheMaxBytes === 0) return null
  const { cache } = opening.use(
    openEntityCache({
      maxBytes: config.cacheMaxBytes,
      sampleOneIn: config.cacheSampleOneIn,
      feed: stream.feed,
      // Within one process it would hold the same a second time.
      store: config.redisUrl === null ? null : stream.entityCache,
      clock: systemClock,
      log,
    }),
  )
  measureEntityCache(metrics, cache)
  return cache
}
