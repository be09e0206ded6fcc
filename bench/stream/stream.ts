import { systemClock } from '../../platform/clock.ts'
import { silentLog } from '../../platform/log.ts'
import type { Change, ChangeFeed, EntityRef, Stream } from '../../stream/ports.ts'
import { openStream } from '../../stream/open-stream.ts'
import { startRedis, type RunningRedis } from '../../tests/support/servers/redis-server.ts'
import { figure, percentile, type Figure } from '../support/figures.ts'
import { redisCommand, redisCpuMs, redisInfo } from '../support/redis-info.ts'

const PARTITIONS = 64
const APPENDS = 40_000
const BATCH = 200
const PEOPLE = 10_000
const LATENCIES = 1_000
const ENTITIES = 20_000
const CONCURRENT = 20
const FIELDS = ['id', 'firstName', 'lastName', 'email', 'locale', 'metrics({"currency":"GBP"})']

/** What the feed and the shared cache cost on a Redis of its own, without persistence. */
export async function streamBench(): Promise<Figure[]> {
  await using redis = await startRedis()
  const open = (): Promise<Stream> =>
    openStream({ url: redis.url, partitions: PARTITIONS, clock: systemClock, log: silentLog() })
  await using one = await open()
  await using other = await open()
  await attached(one.feed)
  await attached(other.feed)
  return [
    ...(await appends(one.feed, redis)),
    ...(await latency(one.feed, other.feed)),
    ...(await cache(one, redis)),
  ]
}

async function appends(feed: ChangeFeed, redis: RunningRedis): Promise<Figure[]> {
  const conditions = `${APPENDS} changes of ${PEOPLE} people, ${BATCH} a call, read by two processes`
  const before = await redisCpuMs(redis.port)
  const cost = await costOf(APPENDS, async () => {
    for (let i = 0; i < APPENDS; i += BATCH) {
      await feed.append(Array.from({ length: BATCH }, (_, j) => aChange(i + j)))
    }
  })
  const redisMs = ((await redisCpuMs(redis.port)) - before) / APPENDS
  const held = Number(await redisCommand(redis.port, 'memory', 'usage', 'mg:{0}:feed', 'samples', '0'))
  const length = Number(await redisCommand(redis.port, 'xlen', 'mg:{0}:feed'))
  return [
    figure('memory of Redis for a change', held / length, 'bytes', 'in the stream of a partition'),
    figure('appends', cost.perSecond, 'changes/s', conditions),
    figure('CPU of an append and two readers', cost.cpuMs, 'CPU-ms', conditions),
    figure('CPU of Redis for it', redisMs, 'CPU-ms', conditions),
  ]
}

/** From the call of `append` in one stream until a subscriber of another is told. */
async function latency(from: ChangeFeed, to: ChangeFeed): Promise<Figure[]> {
  const messages = to.subscribe({ entity: 'Product', maxQueued: 10 })
  const visible: number[] = []
  for (let i = 0; i < LATENCIES; i++) {
    const started = performance.now()
    await from.append([{ ...aChange(i), entity: 'Product' }])
    await messages.next()
    visible.push(performance.now() - started)
  }
  await messages.return?.()
  const conditions = `one change at a time, ${LATENCIES} times`
  return [
    figure('append until visible elsewhere, median', percentile(visible, 0.5), 'ms', conditions),
    figure('append until visible elsewhere, p99', percentile(visible, 0.99), 'ms', conditions, {
      op: '<=',
      value: 50,
    }),
  ]
}

async function cache(stream: Stream, redis: RunningRedis): Promise<Figure[]> {
  const figures: Figure[] = []
  const refs = Array.from({ length: ENTITIES }, (_, i): EntityRef => ({
    subgraph: 'profiles',
    type: 'Profile',
    id: personId(PEOPLE + i),
  }))
  const empty = await redisBytes(redis)
  const tokens: string[] = []
  for (let i = 0; i < refs.length; i += BATCH) {
    for (const { token } of await readAll(stream, refs.slice(i, i + BATCH))) tokens.push(token ?? '')
  }
  const fenced = await redisBytes(redis)
  let filled = 0
  for (const size of [1, 100]) {
    const conditions = `${FIELDS.length} fields, ${size} a call, one round trip`
    const count = size === 1 ? 2_000 : ENTITIES - 2_000
    const first = size === 1 ? 0 : 2_000
    const fill = await costOf(count, async () => {
      for (let i = first; i < first + count; i += size) {
        const fills = refs.slice(i, i + size).map((entity, j) => aFill(entity, tokens[i + j] ?? ''))
        filled += (await stream.entityCache.fill(fills)).filter(Boolean).length
      }
    })
    const before = await redisCpuMs(redis.port)
    const read = await costOf(count, async () => {
      for (let i = first; i < first + count; i += size) await readAll(stream, refs.slice(i, i + size))
    })
    const redisMs = ((await redisCpuMs(redis.port)) - before) / count
    figures.push(
      figure(`fill of an entity, ${size} a call`, fill.cpuMs, 'CPU-ms', conditions),
      figure(`read of an entity, ${size} a call`, read.cpuMs, 'CPU-ms', conditions),
      figure(`CPU of Redis for the read, ${size} a call`, redisMs, 'CPU-ms', conditions),
    )
  }
  const joined = await costOf(ENTITIES, async () => {
    for (let i = 0; i < ENTITIES; i += CONCURRENT) {
      await Promise.all(refs.slice(i, i + CONCURRENT).map((entity) => readAll(stream, [entity])))
    }
  })
  figures.push(
    figure(
      'read of an entity, 1 a call, at once',
      joined.cpuMs,
      'CPU-ms',
      `${CONCURRENT} calls in a turn of the event loop`,
    ),
  )
  if (filled !== ENTITIES) throw new Error(`${filled} of ${ENTITIES} fills were kept`)
  const full = await redisBytes(redis)
  const bytes = FIELDS.reduce((sum, field) => sum + field.length + valueOf(field).length, 0)
  figures.push(
    figure('memory of Redis for fence and token', (fenced - empty) / ENTITIES, 'bytes', 'an entity'),
    figure(
      'memory of Redis for an entity',
      (full - empty) / ENTITIES,
      'bytes',
      `${FIELDS.length} fields, ${bytes} bytes of names and values`,
    ),
  )
  return figures
}

function readAll(stream: Stream, entities: readonly EntityRef[]) {
  const reads = entities.map((entity) => ({ entity, class: 'r-2f1c9a', fields: FIELDS }))
  return stream.entityCache.read(reads, { timeoutMs: 5_000 })
}

function aFill(entity: EntityRef, token: string) {
  const fields = Object.fromEntries(FIELDS.map((field) => [field, valueOf(field)]))
  const times = { storedAt: Date.now(), expiresAt: Date.now() + 600_000 }
  return { entity, class: 'r-2f1c9a', token, entry: { id: entity.id, version: 1, fields, ...times } }
}

function valueOf(field: string): string {
  return JSON.stringify(
    field.startsWith('metrics')
      ? { orders: 12, revenue: { amount: 123_456, currency: 'GBP' } }
      : `${field} of somebody`,
  )
}

function personId(i: number): string {
  return `p_${i.toString(36).padStart(22, '0')}`
}

function aChange(i: number): Change {
  const version = 1 + Math.floor(i / PEOPLE)
  return {
    entity: 'Profile',
    id: personId(i % PEOPLE),
    from: version,
    version,
    changed: ['metrics', 'traits'],
    at: Date.now(),
  }
}

async function costOf(
  count: number,
  work: () => Promise<void>,
): Promise<{ perSecond: number; cpuMs: number }> {
  const cpu = process.cpuUsage()
  const started = performance.now()
  await work()
  const seconds = (performance.now() - started) / 1_000
  const { user, system } = process.cpuUsage(cpu)
  return { perSecond: count / seconds, cpuMs: (user + system) / 1_000 / count }
}

async function attached(feed: ChangeFeed): Promise<void> {
  const partitions = new Set<number | 'all'>()
  for await (const message of feed.subscribe({ maxQueued: 10, liveness: true })) {
    if (message.kind === 'attached') partitions.add(message.partition)
    if (partitions.size === feed.partitions) return
  }
}

async function redisBytes({ port }: RunningRedis): Promise<number> {
  const [bytes = 0] = await redisInfo(port, 'used_memory')
  return bytes
}
