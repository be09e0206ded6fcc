import { setTimeout as delay } from 'node:timers/promises'
import { createKey, startMonogram } from '../support/monogram-process.ts'
import { figure, percentile, type Figure } from '../support/figures.ts'
import { readProbe, sendProbe } from '../support/probe.ts'
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
    const { receipt, acknowledgedAt } = await sendProbe(server.url, key, n)
    if ((await readProbe(server.url, key, receipt)) !== n)
      throw new Error(`a read after ${receipt} did not show it`)
    probes.push(performance.now() - acknowledgedAt)
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
