import { setTimeout as delay } from 'node:timers/promises'
import { ResourceStack } from '../../platform/resource-stack.ts'
import { startCluster } from '../../tests/support/cluster.ts'
import { DOCUMENT_SERVER, startDocumentServer } from '../../tests/support/servers/document-server.ts'
import { REDIS_SERVER, startRedis } from '../../tests/support/servers/redis-server.ts'
import { figure, percentile, type Figure } from '../support/figures.ts'
import { readProbe, sendProbe } from '../support/probe.ts'

const GATEWAYS = ['gateway-0', 'gateway-1']
const WARM_UP = 30
const PROBES = 200
/** Between two questions to the same gateway: no more exact is a figure. */
const POLL_MS = 1
const GIVE_UP_MS = 30_000

/**
 * From the acknowledgement of an event by the ingest role until no gateway answers what was before it: every role a process
 * of its own, over the protocol document server and Redis, the profile kept by each gateway beforehand.
 */
export async function invalidation(): Promise<Figure[]> {
  const reason = DOCUMENT_SERVER.missing() ?? REDIS_SERVER.missing()
  if (reason !== null) return [figure('acknowledged to invalidated skipped', 0, '', reason)]
  await using stack = new ResourceStack()
  const documents = stack.use(await startDocumentServer())
  const redis = stack.use(await startRedis())
  const cluster = stack.use(
    await startCluster({
      mongodbUrl: documents.url,
      redisUrl: redis.url,
      counts: { gateway: GATEWAYS.length },
    }),
  )
  const key = await cluster.createKey('ingest', 'read')
  const took: number[] = []
  for (let n = 1; n <= WARM_UP + PROBES; n++) {
    const { acknowledgedAt } = await sendProbe(cluster.url('ingest-0'), key, n)
    const shown = await Promise.all(GATEWAYS.map((gateway) => showsAt(cluster.url(gateway), key, n)))
    if (n > WARM_UP) took.push(Math.max(...shown) - acknowledgedAt)
    // Kept by each before the next event.
    for (const gateway of GATEWAYS) for (let i = 0; i < 2; i++) await readProbe(cluster.url(gateway), key)
  }
  const conditions = `${GATEWAYS.length} gateways asked every ${POLL_MS} ms, ${PROBES} events, one at a time; the last answer included`
  return [
    figure('acknowledged to invalidated p50', percentile(took, 0.5), 'ms', conditions),
    figure('acknowledged to invalidated p99', percentile(took, 0.99), 'ms', conditions, {
      op: '<=',
      value: 50,
    }),
  ]
}

/** When a gateway answers this value for the first time; from then on it never answers one before it. */
async function showsAt(url: string, key: string, n: number): Promise<number> {
  const until = performance.now() + GIVE_UP_MS
  while ((await readProbe(url, key)) !== n) {
    if (performance.now() > until) throw new Error(`${url} did not show ${n} within ${GIVE_UP_MS} ms`)
    await delay(POLL_MS)
  }
  return performance.now()
}
