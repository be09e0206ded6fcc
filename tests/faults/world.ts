import {
  createKey,
  startMonogram,
  temporaryFolder,
  type MonogramProcess,
} from '../../bench/support/monogram-process.ts'
import { ResourceStack } from '../../platform/resource-stack.ts'
import { SUBGRAPHS } from '../../platform/roles.ts'
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts'

/** Monogram in three processes, and a proxy on each way between them and what they use. */
export interface FaultyWorld extends AsyncDisposable {
  readonly proxies: Readonly<Record<Way, TcpProxy>>
  /** Takes events and folds them. */
  readonly ingest: MonogramProcess
  readonly gateway: MonogramProcess
  /** Of the scopes `ingest` and `read`. */
  readonly key: string
}

export type Way = 'redis' | 'documents' | 'subgraphs'

export async function startFaultyWorld(servers: {
  redisUrl: string
  documentsUrl: string
}): Promise<FaultyWorld> {
  await using opening = new ResourceStack()
  const proxyOf = async (url: string, seed: number): Promise<TcpProxy> =>
    opening.use(await startTcpProxy(Number(new URL(url).port), seed))
  const redis = await proxyOf(servers.redisUrl, 1)
  const documents = await proxyOf(servers.documentsUrl, 2)
  const { pathname } = new URL(servers.documentsUrl)
  const dataDir = temporaryFolder()
  const shared = {
    MONOGRAM_REDIS_URL: `redis://127.0.0.1:${redis.port}`,
    MONOGRAM_STORAGE_URL: `mongodb://127.0.0.1:${documents.port}${pathname}`,
    MONOGRAM_SECRET: 'the secret of a test of faults',
    MONOGRAM_LOG_LEVEL: 'warn',
    MONOGRAM_DRAIN_MS: '0',
  }
  const start = async (roles: string, env: Record<string, string> = {}): Promise<MonogramProcess> => {
    const process = await startMonogram({
      dataDir,
      args: ['start'],
      env: { ...shared, MONOGRAM_ROLES: roles, ...env },
    })
    opening.defer(() => process.kill())
    return process
  }

  const answering = await start(SUBGRAPHS.map((name) => `subgraph:${name}`).join(','))
  const subgraphs = await proxyOf(answering.url, 3)
  const urls = SUBGRAPHS.map((name) => `${name}=http://127.0.0.1:${subgraphs.port}`)
  const [ingest, gateway] = await Promise.all([
    start('ingest,worker'),
    start('gateway', { MONOGRAM_SUBGRAPH_URLS: urls.join(' ') }),
  ])
  const key = await createKey(dataDir, ['ingest', 'read'], shared)
  const opened = opening.move()
  return {
    proxies: { redis, documents, subgraphs },
    ingest,
    gateway,
    key,
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  }
}
