import { figure, type Figure } from '../support/figures.ts'
import { CHOSEN, MEASURED, type Assumption } from './assumptions.ts'

/** What a deployment of that size needs, by the figures of one operation: a sum for each row, so that each can be checked. */
export function scaleModel(
  given: Record<keyof typeof CHOSEN | keyof typeof MEASURED, number> = valuesOf({ ...CHOSEN, ...MEASURED }),
): Figure[] {
  const rendersPerS = given.rendersPerMinute / 60
  const { eventsPerS } = given
  /** Processes of which none is busier than it should be. */
  const processes = (perS: number, cpuMs: number): number =>
    Math.ceil((perS * cpuMs) / 1_000 / given.utilisation)
  const gateways = processes(rendersPerS, given.gatewayCpuMs)
  const profiles = processes(rendersPerS, given.profilesCpuMs)
  const events = processes(rendersPerS, given.eventsCpuMs)
  const products = processes(rendersPerS, given.productsCpuMs)
  const recommendations = processes(rendersPerS, given.recommendationsCpuMs)
  const ingests = processes(eventsPerS, given.ingestCpuMs)
  const workers = processes(eventsPerS, given.workerCpuMs)
  const all = gateways + profiles + events + products + recommendations + ingests + workers

  /** Gateways for their cache, recommendations for their baskets; others read it only while somebody waits. */
  const readers = gateways + recommendations

  const storeCalls = rendersPerS * given.storeCallsPerRender + eventsPerS * given.storeCallsPerEvent
  const bytesPerPerson =
    given.eventsPerPerson * given.eventBytes +
    given.trailsPerPerson * given.trailBytes +
    given.profilesPerPerson * given.profileBytes +
    given.identityKeysPerPerson * given.identityKeyBytes +
    given.identityPairsPerPerson * given.identityPairBytes
  const dataBytes = given.people * bytesPerPerson
  const shards = Math.ceil(
    Math.max(dataBytes / given.bytesPerShard, storeCalls / (given.storeCallsPerShard * given.utilisation)),
  )
  const redisCommands =
    rendersPerS * given.redisCommandsPerRender +
    eventsPerS * given.redisCommandsPerEvent +
    all * given.redisIdleCommandsPerProcess
  const redisCpuMs =
    rendersPerS * given.redisCpuMsPerRender +
    eventsPerS * given.redisCpuMsPerEvent +
    (eventsPerS * readers * given.feedRedisCpuMs) / 2
  const cached = rendersPerS * given.keptS * given.entitiesPerRender
  const redisBytes = cached * given.redisBytesPerEntity

  return [
    row('renders', rendersPerS, '1/s', 'renders a minute / 60'),
    row('gateways', gateways, 'processes', 'renders/s x CPU-ms of a render / 1,000 / utilisation'),
    row('subgraph:profiles', profiles, 'processes', 'the same with its own CPU-ms'),
    row('subgraph:events', events, 'processes', 'the same'),
    row('subgraph:products', products, 'processes', 'the same'),
    row('subgraph:recommendations', recommendations, 'processes', 'the same'),
    row('ingest', ingests, 'processes', 'events/s x CPU-ms of an event / 1,000 / utilisation'),
    row('workers', workers, 'processes', 'the same; there can be 64'),
    row('all processes', all, 'processes', 'a core each at most'),
    row('memory of processes', (all * given.processMb) / 1_024, 'GB', 'processes x resident memory'),
    row(
      'MongoDB calls',
      storeCalls,
      '1/s',
      'renders/s x round trips of a render + events/s x those of an event',
    ),
    row('documents of a person', bytesPerPerson, 'bytes', 'sum of documents of a person x bytes of one'),
    row(
      'MongoDB data',
      dataBytes / 1e12,
      'TB',
      'people x documents of a person; one copy, without indexes and compression',
    ),
    row(
      'MongoDB shards',
      shards,
      'shards',
      'the greater of data / data of a shard and calls / calls of a shard',
    ),
    row(
      'MongoDB network',
      mbPerS(rendersPerS * given.storeBytesPerRender + eventsPerS * given.storeBytesPerEvent),
      'MB/s',
      'as the calls, with bytes',
    ),
    row('Redis commands', redisCommands, '1/s', 'as the calls, + processes x commands of an idle one'),
    row(
      'Redis masters by CPU',
      Math.ceil(redisCpuMs / 1_000 / given.utilisation),
      'masters',
      'CPU-ms of renders, events and, with half of an append and two readers each, readers / utilisation',
    ),
    row(
      'entities in Redis',
      cached / 1e6,
      'millions',
      'renders/s x entities of a render x seconds that they are kept',
    ),
    row('Redis memory', redisBytes / 1e9, 'GB', 'entities x bytes of one'),
    row(
      'Redis network',
      mbPerS(
        rendersPerS * given.redisBytesPerRender +
          (eventsPerS * given.redisBytesPerEvent * readers) / given.benchReaders,
      ),
      'MB/s',
      'as the calls, with bytes; those of an event x readers of the feed / readers in the bench',
    ),
    row('readers of the feed', readers, 'processes', 'gateways + subgraph:recommendations'),
    row(
      'CPU of a reader for the feed',
      (eventsPerS * given.feedCpuMs) / 2 / 1_000,
      'of a core',
      'events/s x CPU-ms of an append and two readers / 2: at most that',
    ),
    row(
      'changes of a feed partition',
      eventsPerS / given.feedPartitions,
      '1/s',
      'events/s / partitions: a change for each event at most',
    ),
    row('answers', mbPerS(rendersPerS * given.answerBytes), 'MB/s', 'renders/s x bytes of an answer'),
    row(
      'linking alone',
      1_000 / given.linkMs,
      'events/s',
      '1,000 / ms of the step: one worker does it for all',
    ),
  ]
}

export function valuesOf<Name extends string>(assumptions: Record<Name, Assumption>): Record<Name, number> {
  return Object.fromEntries(
    Object.entries<Assumption>(assumptions).map(([name, { value }]) => [name, value]),
  ) as Record<Name, number>
}

function mbPerS(bytes: number): number {
  return bytes / 1e6
}

function row(name: string, value: number, unit: string, how: string): Figure {
  return figure(name, value, unit, how)
}
