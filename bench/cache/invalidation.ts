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
 * From the acknowledgement of an event by the ingest role until every request that comes to a gateway is answered with it,
 * and until it is answered, which takes a read of the store: every role a process of its own, over the protocol document
 * server and Redis, the profile kept by each gateway beforehand.
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
  const invalidated: number[] = []
  const shown: number[] = []
  for (let n = 1; n <= WARM_UP + PROBES; n++) {
    const { acknowledgedAt } = await sendProbe(cluster.url('ingest-0'), key, n)
    const shows = await Promise.all(GATEWAYS.map((gateway) => firstThatShows(cluster.url(gateway), key, n)))
    if (n > WARM_UP) {
      invalidated.push(Math.max(...shows.map(({ askedAt }) => askedAt)) - acknowledgedAt)
      shown.push(Math.max(...shows.map(({ answeredAt }) => answeredAt)) - acknowledgedAt)
    }
    // Kept by each before the next event.
    for (const gateway of GATEWAYS) for (let i = 0; i < 2; i++) await readProbe(cluster.url(gateway), key)
  }
  const conditions = `${GATEWAYS.length} gateways asked every ${POLL_MS} ms, ${PROBES} events, one at a time`
  const goal = { op: '<=', value: 50 } as const
  return [
    figure('acknowledged to invalidated p50', percentile(invalidated, 0.5), 'ms', conditions),
    figure('acknowledged to invalidated p99', percentile(invalidated, 0.99), 'ms', conditions, goal),
    figure('acknowledged to answered anew p50', percentile(shown, 0.5), 'ms', conditions),
    figure('acknowledged to answered anew p99', percentile(shown, 0.99), 'ms', conditions),
  ]
}

/** The first question that a gateway answers with this value: from then on it never answers one before it. */
async function firstThatShows(
  url: string,
  key: string,
  n: number,
): Promise<{ askedAt: number; answeredAt: number }> {
  const until = performance.now() + GIVE_UP_MS
  for (;;) {
    const askedAt = performance.now()
    if ((await readProbe(url, key)) === n) return { askedAt, answeredAt: performance.now() }
    if (askedAt > until) throw new Error(`${url} did not show ${n} within ${GIVE_UP_MS} ms`)
    await delay(POLL_MS)
  }
}
