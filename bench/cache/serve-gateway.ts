import { readFileSync } from 'node:fs'
import { openEntityCache } from '../../gateway/cache/open-entity-cache.ts'
import { createEntityBatching } from '../../gateway/batching/batch-entities.ts'
import { createRootFetches } from '../../gateway/batching/join-root.ts'
import { createGateway } from '../../gateway/create-gateway.ts'
import { loadDocuments } from '../../gateway/documents/load-documents.ts'
import { renderRoutes } from '../../gateway/render/routes.ts'
import { createDeadlineTimers } from '../../gateway/transports/deadline-timers.ts'
import { createHttpSubgraph } from '../../gateway/transports/http-subgraph.ts'
import { createHttpServer } from '../../platform/http.ts'
import { listen } from '../../platform/listen.ts'
import { createLog } from '../../platform/log.ts'
import { openStream } from '../../stream/open-stream.ts'
import { documentsFolder } from '../gateway/work.ts'

/**
 * A gateway with a cache in front of the bench's subgraphs, its render lane alone. Arguments: the supergraph's file, the
 * subgraphs' addresses as JSON, what it may keep in bytes, and the address of a Redis where it has one. Prints its address;
 * `GET /counts` tells hits and misses.
 */
const [supergraphFile = '', addressesJson = '{}', maxBytes = '0', redisUrl] = process.argv.slice(2)
/** As `MONOGRAM_FEED_PARTITIONS` is by itself. */
const PARTITIONS = 64
const addresses = JSON.parse(addressesJson) as Record<string, string>
const log = createLog({ level: 'error' })
const timers = createDeadlineTimers()
const clock = Date.now
const stream = await openStream({ url: redisUrl ?? null, partitions: PARTITIONS, clock, log })
const { cache } = openEntityCache({
  maxBytes: Number(maxBytes),
  feed: stream.feed,
  store: redisUrl === undefined ? null : stream.entityCache,
  clock,
  sampleOneIn: 1_000,
  // Hits are measured: a machine that is busy is no reason to ask the subgraphs.
  storeTimeoutMs: 1_000,
  log,
})
const gateway = createGateway({
  supergraphSdl: readFileSync(supergraphFile, 'utf8'),
  subgraphs: Object.fromEntries(
    Object.entries(addresses).map(([name, url]) => [name, createHttpSubgraph({ name, url, timers })]),
  ),
  fetchEntities: createEntityBatching({ timers }).fetchEntities,
  fetchRoot: createRootFetches({ timers }).fetchRoot,
  cache,
  timers,
})
const documents = await loadDocuments({ path: documentsFolder, gateway, byField: new Map() })
const principal = { kind: 'api-key', id: 'bench', name: 'bench', scopes: ['read'] } as const
const server = createHttpServer({ log })
await server.register(
  renderRoutes({ documents: () => documents, authenticate: () => Promise.resolve(principal), log }),
)
server.get('/counts', () => cache.counters)
const { url } = await listen(server, { host: '127.0.0.1', port: 0 })
console.log(url)
// Of its own accord, so that V8 writes down what it was told to measure.
process.once('SIGTERM', () => process.exit())
