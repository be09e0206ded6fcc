import { setTimeout as delay } from 'node:timers/promises'
import { residentMegabytes } from '../support/monogram-process.ts'
import { documentSizes } from '../../tests/support/servers/document-sizes.ts'
import { figure, type Figure } from '../support/figures.ts'
import type { MeasuredCluster } from './parties.ts'
import { usageOf } from './usage.ts'

/** Collections that grow with people and what they do. */
const GROWING = ['events', 'trails', 'profiles', 'identity_keys', 'identity_pairs', 'products']

const IDLE_MS = 5_000

/** What documents and processes take when all is done, and what is asked while there is nothing to do. */
export async function measureSizes(on: MeasuredCluster, people: number): Promise<Figure[]> {
  const sizes = await documentSizes(on.databaseUrl)
  const documents = GROWING.map((name) => {
    const { documents: count = 0, bytesEach = 0 } = sizes.get(name) ?? {}
    return [
      figure(`documents: ${name}, each`, bytesEach, 'bytes', `${count} documents, before compression`),
      figure(`documents: ${name}, a person`, count / people, 'documents', `${people} people`),
    ]
  })
  const memory = on.cluster.names
    .filter((name) => name.endsWith('-0'))
    .map((name) =>
      figure(`memory: ${name}`, residentMegabytes(on.cluster.process(name).pid) ?? 0, 'MB', 'resident'),
    )
  return [...documents.flat(), ...memory]
}

/** The cluster's polls, with so many workers. */
export async function measureIdle(on: MeasuredCluster, workers: number): Promise<Figure[]> {
  const usage = await usageOf(on, () => delay(IDLE_MS))
  const name = (what: string): string => `idle, ${workers} workers: ${what}`
  const conditions = 'all processes, nothing to do'
  return [
    figure(name('round trips to the store'), usage.storeCalls / usage.seconds, 'calls/s', conditions),
    figure(name('Redis'), usage.redisCommands / usage.seconds, 'commands/s', conditions),
    figure(name('worker'), (usage.cpuMs['worker'] ?? 0) / usage.seconds / workers, 'CPU-ms/s', 'each'),
  ]
}
