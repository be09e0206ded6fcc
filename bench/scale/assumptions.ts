export interface Assumption {
  /** As the table calls it. */
  name: string
  value: number
  unit: string
  /** What chose it, or the figure that `npm run bench` printed. */
  source: string
}

/** What nobody can measure beforehand: the size that is asked for, and how much is asked of one machine. */
export const CHOSEN = {
  people: chosen('profiles', 100_000_000, 'people', 'the size that is asked for'),
  rendersPerMinute: chosen(
    'renders',
    1_000_000,
    'a minute',
    'the same; each of somebody new, as in a campaign',
  ),
  eventsPerS: chosen('events', 10_000, '1/s', 'each person some nine a day'),
  utilisation: chosen(
    'utilisation',
    0.6,
    'of a core',
    'what a process may be busy, so that it stays inside deadlines',
  ),
  bytesPerShard: chosen(
    'data of a shard',
    1e12,
    'bytes',
    'what is copied within hours when a member is lost',
  ),
  storeCallsPerShard: chosen(
    'calls of a shard',
    10_000,
    '1/s',
    'to be measured on yours: no MongoDB was at hand',
  ),
  feedPartitions: chosen('feed partitions', 64, 'partitions', 'the default of MONOGRAM_FEED_PARTITIONS'),
  keptS: chosen(
    'an entity stays in Redis',
    900,
    's',
    '`@cacheControl(maxAge: 300)` and 600 s in which it may be served stale',
  ),
  entitiesPerRender: chosen('entities of a render', 1, 'entities', 'the person; products are few and shared'),
}

export const MEASURED = {
  gatewayCpuMs: measured(
    'gateway, a render',
    6.5,
    'CPU-ms',
    'scale',
    '4 gateways, new people: gateway, a render',
  ),
  profilesCpuMs: measured(
    'subgraph:profiles, a render',
    3.5,
    'CPU-ms',
    'scale',
    '4 gateways, new people: profiles, a render',
  ),
  eventsCpuMs: measured(
    'subgraph:events, a render',
    2.375,
    'CPU-ms',
    'scale',
    '4 gateways, new people: events, a render',
  ),
  productsCpuMs: measured(
    'subgraph:products, a render',
    0.375,
    'CPU-ms',
    'scale',
    '4 gateways, new people: products, a render',
  ),
  recommendationsCpuMs: measured(
    'subgraph:recommendations, a render',
    4.125,
    'CPU-ms',
    'scale',
    '4 gateways, new people: recommendations, a render',
  ),
  ingestCpuMs: measured('ingest, an event', 0.1892, 'CPU-ms', 'scale', '4 workers: ingest, an event'),
  workerCpuMs: measured('worker, an event', 0.8827, 'CPU-ms', 'scale', '4 workers: worker, an event'),
  linkMs: measured(
    'link, an event',
    1.062,
    'ms',
    'scale',
    'median of 1, 2 and 4 workers: step link, an event',
  ),
  storeCallsPerRender: measured(
    'round trips to the store, a render',
    5.938,
    'calls',
    'scale',
    '4 gateways, new people: round trips to the store, a render',
  ),
  storeCallsPerEvent: measured(
    'round trips to the store, an event',
    0.3279,
    'calls',
    'scale',
    '4 workers: round trips to the store, an event',
  ),
  storeBytesPerRender: measured(
    'network of the store, a render',
    34650,
    'bytes',
    'scale',
    '4 gateways, new people: network of the store, a render',
  ),
  storeBytesPerEvent: measured(
    'network of the store, an event',
    8882,
    'bytes',
    'scale',
    '4 workers: network of the store, an event',
  ),
  redisCommandsPerRender: measured(
    'Redis commands, a render',
    30.04,
    'commands',
    'scale',
    '4 gateways, new people: Redis, a render',
  ),
  redisCommandsPerEvent: measured(
    'Redis commands, an event',
    4.726,
    'commands',
    'scale',
    '4 workers: Redis, an event',
  ),
  redisIdleCommandsPerProcess: measured(
    'Redis commands of an idle process',
    64.14,
    '1/s',
    'scale',
    'idle, 1 workers: Redis, by the 10 processes that ran',
  ),
  redisCpuMsPerRender: measured(
    'CPU of Redis, a render',
    0.3406,
    'CPU-ms',
    'scale',
    '4 gateways, new people: CPU of Redis, a render',
  ),
  redisCpuMsPerEvent: measured(
    'CPU of Redis, an event',
    0.03462,
    'CPU-ms',
    'scale',
    '4 workers: CPU of Redis, an event',
  ),
  redisBytesPerRender: measured(
    'network of Redis, a render',
    3027,
    'bytes',
    'scale',
    '4 gateways, new people: network of Redis, a render',
  ),
  redisBytesPerEvent: measured(
    'network of Redis, an event',
    850.5,
    'bytes',
    'scale',
    '4 workers: network of Redis, an event',
  ),
  redisBytesPerEntity: measured(
    'memory of Redis for an entity',
    606.8,
    'bytes',
    'stream',
    'memory of Redis for an entity',
  ),
  feedCpuMs: measured(
    'CPU of a change and two readers of it',
    0.01842,
    'CPU-ms',
    'stream',
    'CPU of an append and two readers',
  ),
  feedRedisCpuMs: measured(
    'CPU of Redis for a change and two readers of it',
    0.01225,
    'CPU-ms',
    'stream',
    'CPU of Redis for it',
  ),
  answerBytes: measured('an answer', 1572, 'bytes', 'scale', '4 gateways, new people: answer'),
  eventsPerPerson: measured('events of a person', 9.889, 'documents', 'scale', 'documents: events, a person'),
  eventBytes: measured('an event', 1132, 'bytes', 'scale', 'documents: events, each'),
  trailsPerPerson: measured('trails of a person', 1, 'documents', 'scale', 'documents: trails, a person'),
  trailBytes: measured('a trail', 4413, 'bytes', 'scale', 'documents: trails, each'),
  profilesPerPerson: measured(
    'profiles of a person, with those that a merge left',
    2.132,
    'documents',
    'scale',
    'documents: profiles, a person',
  ),
  profileBytes: measured('a profile', 2333, 'bytes', 'scale', 'documents: profiles, each'),
  identityKeysPerPerson: measured(
    'identity keys of a person',
    2.132,
    'documents',
    'scale',
    'documents: identity_keys, a person',
  ),
  identityKeyBytes: measured('an identity key', 182.2, 'bytes', 'scale', 'documents: identity_keys, each'),
  identityPairsPerPerson: measured(
    'identity pairs of a person',
    1.461,
    'documents',
    'scale',
    'documents: identity_pairs, a person',
  ),
  identityPairBytes: measured('an identity pair', 352.1, 'bytes', 'scale', 'documents: identity_pairs, each'),
  processMb: measured('resident memory of a process', 185.1, 'MB', 'scale', 'memory: recommendations-0'),
  benchReaders: measured(
    'readers of the feed in the bench',
    5,
    'processes',
    'scale',
    '4 gateways and subgraph:recommendations',
  ),
}

function chosen(name: string, value: number, unit: string, source: string): Assumption {
  return { name, value, unit, source }
}

function measured(name: string, value: number, unit: string, bench: string, figure: string): Assumption {
  return { name, value, unit, source: `\`${bench}\`: ${figure}` }
}
