import { Agent, request } from 'node:http'
import { createKey, startMonogram } from '../support/monogram-process.ts'
import { figure, percentile, type Figure } from '../support/figures.ts'

const CONNECTIONS = 8
const BATCH = 100
const SECONDS = 10
const PEOPLE = 5_000

/** Events acknowledged a second over HTTP, each batch durable before its answer; the load comes from this process. */
export async function acknowledgements(): Promise<Figure[]> {
  await using server = await startMonogram()
  const key = await createKey(server.dataDir, ['ingest'])
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const latencies: number[] = []
  let acknowledged = 0
  let sent = 0

  const until = performance.now() + SECONDS * 1000
  const started = performance.now()
  const connection = async (): Promise<void> => {
    while (performance.now() < until) {
      const body = JSON.stringify({ batch: Array.from({ length: BATCH }, () => event(sent++)) })
      const before = performance.now()
      const status = await post(`${server.url}/v1/batch`, key, body, agent)
      if (status !== 200) throw new Error(`a batch was answered with ${status}`)
      latencies.push(performance.now() - before)
      acknowledged += BATCH
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, connection))
  const seconds = (performance.now() - started) / 1000
  agent.destroy()

  const conditions = `${CONNECTIONS} connections, batches of ${BATCH}, ${SECONDS} s, ${PEOPLE} people, folding at the same time`
  return [
    figure('events acknowledged', acknowledged / seconds, 'events/s', conditions, { op: '>=', value: 5_000 }),
    figure('acknowledgement of a batch p50', percentile(latencies, 0.5), 'ms', conditions),
    figure('acknowledgement of a batch p99', percentile(latencies, 0.99), 'ms', conditions),
  ]
}

function event(n: number): Record<string, unknown> {
  const userId = `user-${(n * 7919) % PEOPLE}`
  const messageId = `bench-${n}`
  const productId = `product-${n % 500}`
  const properties = { product_id: productId, name: `Product ${n % 500}`, price: 9.99, currency: 'GBP' }
  return { type: 'track', event: 'Product Viewed', userId, messageId, properties }
}

function post(url: string, key: string, body: string, agent: Agent): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', authorization: `Basic ${btoa(`${key}:`)}` }
    const outgoing = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode))
    })
    outgoing.once('error', reject).end(body)
  })
}
