import { setTimeout as delay } from 'node:timers/promises'
import { createKey, startMonogram } from '../support/monogram-process.ts'
import { figure, percentile, type Figure } from '../support/figures.ts'
import { sendAtRate, viewBy } from './load.ts'

const RATE = 1_000
const SECONDS = 15
const PROBES = 200

/** From the acknowledgement of an event to the answer of a read that is to show it, while others send. */
export async function readable(): Promise<Figure[]> {
  await using server = await startMonogram()
  const key = await createKey(server.dataDir, ['ingest', 'read'])
  const load = { url: server.url, key, rate: RATE, seconds: SECONDS, batch: 10, event: viewBy(2_000) }
  const others = sendAtRate(load)
  const probes: number[] = []
  for (let n = 1; n <= PROBES; n++) {
    const receipt = await identify(server.url, key, n)
    const acknowledged = performance.now()
    if ((await seen(server.url, key, receipt)) !== n)
      throw new Error(`a read after ${receipt} did not show it`)
    probes.push(performance.now() - acknowledged)
    await delay((SECONDS * 1_000) / PROBES / 2)
  }
  await others
  const conditions = `${RATE}/s beside it, ${PROBES} probes, the read included`
  return [
    figure('acknowledged to readable p50', percentile(probes, 0.5), 'ms', conditions),
    figure('acknowledged to readable p99', percentile(probes, 0.99), 'ms', conditions, {
      op: '<=',
      value: 50,
    }),
  ]
}

async function identify(url: string, key: string, n: number): Promise<string> {
  const body = JSON.stringify({ userId: 'probe', traits: { n } })
  const headers = { 'content-type': 'application/json', authorization: `Basic ${btoa(`${key}:`)}` }
  const response = await fetch(`${url}/v1/identify?receipts=1`, { method: 'POST', headers, body })
  if (response.status !== 200) throw new Error(`the probe was answered with ${response.status}`)
  const { receipts } = (await response.json()) as { receipts: [string] }
  return receipts[0]
}

async function seen(url: string, key: string, receipt: string): Promise<number> {
  const query = '{ profile(by: { kind: "userId", value: "probe" }) { trait(key: "n") } }'
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${key}`,
    'x-monogram-after': receipt,
  }
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })
  const answer = (await response.json()) as { data: { profile: { trait: number } | null } }
  return answer.data.profile?.trait ?? 0
}
