import { createKey, residentMegabytes, startMonogram } from '../support/monogram-process.ts'
import { figure, percentile, type Figure } from '../support/figures.ts'
import { secondsToDrain } from './backlog.ts'
import { cpuMs } from '../gateway/measure/process-usage.ts'
import { sendAtRate, viewBy } from './load.ts'

const PEOPLE = 5_000
const SUSTAINED = { rate: 5_000, seconds: 60 }
const HALF = { rate: 2_500, seconds: 15 }
const BURST = { rate: 8_000, seconds: 10 }

/** A minute of steady load, half of it for the acknowledgement's own time, and a burst. */
export async function throughput(): Promise<Figure[]> {
  await using server = await startMonogram()
  const key = await createKey(server.dataDir, ['ingest'])
  const load = { url: server.url, key, batch: 100, event: viewBy(PEOPLE) }
  const memory: number[] = []
  const sampling = setInterval(() => memory.push(residentMegabytes(server.pid) ?? 0), 500)

  const cpuBefore = cpuMs(server.pid)
  const sustained = await sendAtRate({ ...load, ...SUSTAINED })
  const behind = await secondsToDrain(server.dataDir)
  const cpuUsed = cpuMs(server.pid) - cpuBefore
  const half = await sendAtRate({ ...load, ...HALF, batch: 25 })
  const burst = await sendAtRate({ ...load, ...BURST })
  const drained = await secondsToDrain(server.dataDir)
  clearInterval(sampling)

  const offered = `${SUSTAINED.rate}/s offered for ${SUSTAINED.seconds} s, ${PEOPLE} people, batches of 100`
  return [
    figure(
      'acknowledged and folded',
      sustained.acknowledged / (sustained.seconds + behind),
      'events/s',
      offered,
      {
        op: '>=',
        value: 4_950,
      },
    ),
    figure('time to fold what was left', behind, 's', offered),
    figure(
      'CPU time of an event, from its door to its profile',
      cpuUsed / sustained.acknowledged,
      'ms',
      'of the server, all its threads; two cores have 0.4 at 5,000/s',
    ),
    figure(
      'acknowledgement p99 at half of that',
      percentile(half.latencies, 0.99),
      'ms',
      `${HALF.rate}/s in batches of 25`,
      {
        op: '<=',
        value: 50,
      },
    ),
    figure(
      'burst acknowledged',
      burst.acknowledged / burst.seconds,
      'events/s',
      `${BURST.rate}/s offered for ${BURST.seconds} s`,
    ),
    figure('burst drained', drained, 's', 'after its end', { op: '<=', value: 15 }),
    figure('refused batches', sustained.refused + half.refused + burst.refused, 'batches', 'in all of these'),
    figure('resident memory at its highest', Math.max(...memory), 'MB', 'in all of these', {
      op: '<=',
      value: 500,
    }),
  ]
}
