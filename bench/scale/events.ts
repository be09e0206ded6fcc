import { setTimeout as delay } from 'node:timers/promises'
import { figure, type Figure } from '../support/figures.ts'
import type { MeasuredCluster } from './parties.ts'
import type { Crowd } from './people.ts'
import { sendAll } from './requests.ts'
import { stepFigures, stepSeconds } from './step-seconds.ts'
import { usageOf, type Usage } from './usage.ts'
import { each, shares } from './usage-figures.ts'

const BATCH = 100
const CONNECTIONS = 4
const FOLDED_WITHIN_MS = 60_000

/** A crowd's events, sent as fast as they are taken, until all are folded and told of. */
export async function measureEvents(on: MeasuredCluster, workers: number, crowd: Crowd): Promise<Figure[]> {
  const events = crowd.events.length
  const before = await stepSeconds(on, workers)
  let foldedAfter = 0
  const usage = await usageOf(on, async () => {
    const started = performance.now()
    await send(on, crowd)
    await folded(on)
    foldedAfter = (performance.now() - started) / 1_000
    // Profiles and the feed follow: what they cost belongs to the events.
    await delay(1_000)
  })
  const conditions = `${workers} workers, 1 ingest; ${events} events of ${crowd.userIds.length} people, batches of ${BATCH}`
  const name = (what: string): string => `${workers} workers: ${what}`
  return [
    figure(name('folded, a worker'), events / foldedAfter / workers, 'events/s', conditions),
    figure(name('worker, an event'), each(usage, 'worker', events), 'CPU-ms', `all ${workers} together`),
    ...ofIngestAndServers(usage, events, name),
    ...stepFigures(before, await stepSeconds(on, workers), { events, workers }),
    ...shares(usage, name, ['worker', 'ingest']),
  ]
}

function ofIngestAndServers(usage: Usage, events: number, name: (what: string) => string): Figure[] {
  return [
    figure(name('ingest, an event'), each(usage, 'ingest', events), 'CPU-ms', `batches of ${BATCH}`),
    figure(name('round trips to the store, an event'), usage.storeCalls / events, 'calls', 'all processes'),
    figure(name('network of the store, an event'), usage.storeBytes / events, 'bytes', 'both ways'),
    figure(name('Redis, an event'), usage.redisCommands / events, 'commands', 'those in scripts included'),
    figure(name('network of Redis, an event'), usage.redisBytes / events, 'bytes', 'both ways'),
    figure(name('CPU of Redis, an event'), each(usage, 'redis', events), 'CPU-ms', ''),
    figure(name('document server, an event'), each(usage, 'documents', events), 'CPU-ms', 'not MongoDB'),
  ]
}

async function send({ cluster, key }: MeasuredCluster, { events }: Crowd): Promise<void> {
  const url = `${cluster.url('ingest-0')}/v1/batch`
  const requests = []
  for (let i = 0; i < events.length; i += BATCH) {
    requests.push({ url, key, body: JSON.stringify({ batch: events.slice(i, i + BATCH) }) })
  }
  await sendAll(requests, CONNECTIONS)
}

async function folded({ storage }: MeasuredCluster): Promise<void> {
  const until = performance.now() + FOLDED_WITHIN_MS
  while ((await storage.events.backlog()).pending > 0) {
    if (performance.now() > until) throw new Error(`events wait for longer than ${FOLDED_WITHIN_MS} ms`)
    await delay(100)
  }
}
