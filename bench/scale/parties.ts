import type { Storage } from '../../storage/ports.ts'
import { openStorage } from '../../storage/open-storage.ts'
import { silentLog } from '../../platform/log.ts'
import { ResourceStack } from '../../platform/resource-stack.ts'
import { startCluster } from '../../tests/support/cluster.ts'
import { DOCUMENT_SERVER, startDocumentServer } from '../../tests/support/servers/document-server.ts'
import { REDIS_SERVER, startRedis } from '../../tests/support/servers/redis-server.ts'
import { startCountingProxy } from './counting-proxy.ts'
import type { Parties } from './usage.ts'

/** A cluster under measurement. */
export interface MeasuredCluster extends Parties, AsyncDisposable {
  key: string
  storage: Storage
  /** Of the database, past the proxy. */
  databaseUrl: string
}

/** Why it cannot be had on this machine; null when it can. */
export function whyNot(): string | null {
  return DOCUMENT_SERVER.missing() ?? REDIS_SERVER.missing()
}

/** Every role as a process of its own, on a document server and a Redis that nobody else uses. */
export async function startMeasuredCluster(
  counts: Readonly<Record<string, number>>,
): Promise<MeasuredCluster> {
  await using stack = new ResourceStack()
  const documents = stack.use(await startDocumentServer())
  const redis = stack.use(await startRedis())
  const proxy = stack.use(await startCountingProxy(documents.url))
  const cluster = stack.use(await startCluster({ mongodbUrl: proxy.url, redisUrl: redis.url, counts }))
  const url = new URL(cluster.env['MONOGRAM_STORAGE_URL'] ?? '')
  url.port = new URL(documents.url).port
  const databaseUrl = url.href
  const storage = stack.use(await openStorage({ dataDir: '', url: databaseUrl, log: silentLog() }))
  const key = await cluster.createKey('ingest', 'read')
  const owned = stack.move()
  return {
    cluster,
    documents,
    redis,
    proxy,
    storage,
    databaseUrl,
    key,
    [Symbol.asyncDispose]: () => owned[Symbol.asyncDispose](),
  }
}
