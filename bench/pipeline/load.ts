import { Agent, request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

export interface LoadOptions {
  url: string
  key: string
  /** Events a second, sent on schedule whether earlier ones were answered or not. */
  rate: number
  seconds: number
  batch: number
  event: (n: number) => Record<string, unknown>
}

export interface LoadResult {
  acknowledged: number
  /** Answers other than 200: none of their events counts as acknowledged. */
  refused: number
  /** Milliseconds from when a batch was due to its answer, so that waiting in line counts. */
  latencies: number[]
  seconds: number
}

const MAX_CONNECTIONS = 64

/** Sends batches at a steady rate, open loop. */
export async function sendAtRate(options: LoadOptions): Promise<LoadResult> {
  const { url, key, rate, seconds, batch, event } = options
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_CONNECTIONS })
  const result: LoadResult = { acknowledged: 0, refused: 0, latencies: [], seconds: 0 }
  const started = performance.now()
  const batches = Math.round((rate * seconds) / batch)
  const open: Promise<void>[] = []
  for (let i = 0; i < batches; i++) {
    const due = started + (i * batch * 1_000) / rate
    const early = due - performance.now()
    if (early > 1) await delay(early)
    const body = JSON.stringify({ batch: Array.from({ length: batch }, (_, j) => event(i * batch + j)) })
    open.push(send(body, due))
  }
  await Promise.all(open)
  result.seconds = (performance.now() - started) / 1_000
  agent.destroy()
  return result

  async function send(body: string, due: number): Promise<void> {
    const status = await post(`${url}/v1/batch`, key, body, agent)
    result.latencies.push(performance.now() - due)
    if (status === 200) result.acknowledged += batch
    else result.refused++
  }
}

/** A product view by one of `people`; every person in turn. */
export function viewBy(people: number): LoadOptions['event'] {
  return (n) => ({
    type: 'track',
    event: 'Product Viewed',
    userId: `user-${(n * 7_919) % people}`,
    messageId: `bench-${process.pid}-${serial++}`,
    properties: { product_id: `product-${n % 500}`, name: `Product ${n % 500}`, price: 9.99 },
  })
}

let serial = 0

function post(url: string, key: string, body: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', authorization: `Basic ${btoa(`${key}:`)}` }
    const outgoing = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().once('end', () => resolve(response.statusCode ?? 0))
    })
    outgoing.once('error', reject).end(body)
  })
}
