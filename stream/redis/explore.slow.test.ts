import { Redis } from 'ioredis'
import { describe, expect, test } from 'vitest'
import { systemClock } from '../../platform/clock.ts'
import { exploreCache, type Exploration, type SharedLevel } from '../../tests/support/explore-cache.ts'
import { describeWithServer } from '../../tests/support/servers/describe-with-server.ts'
import { REDIS_SERVER, startRedis } from '../../tests/support/servers/redis-server.ts'
import { openMemoryStream } from '../memory/open.ts'
import type { Position } from '../ports.ts'
import { Subscribers } from '../subscribers.ts'
import { createRedisEntityCache } from './entity-cache.ts'
import { createRedisFeed } from './feed.ts'
import type { FeedReader } from './feed-reader.ts'
import { entityKey, metaKey, streamKey } from './keys.ts'
import { look } from './look.ts'
import { createScript } from './script.ts'
import { APPEND } from './scripts/append.ts'
import { FILL } from './scripts/fill.ts'
import { READ } from './scripts/read.ts'

const PARTITIONS = 1

interface Lua {
  append: string
  read: string
  fill: string
}

const RENEWED = "redis.call('HINCRBY', meta, 'token', 1)"

const LUA: Lua = { append: APPEND, read: READ, fill: FILL }

/** The real scripts and adapters, with three processes that know of the epoch what they have looked at. */
function redisLevel(client: Redis, lua: Lua = LUA): SharedLevel {
  const scripts = { read: createScript(lua.read), fill: createScript(lua.fill) }
  const processes = [0, 1, 2].map(() => {
    let position: Position | null = null
    const reader: FeedReader = {
      state: 'live',
      start: () => undefined,
      positionOf: () => position,
      lookSoon: () => undefined,
      [Symbol.asyncDispose]: async () => undefined,
    }
    return {
      reader,
      cache: createRedisEntityCache({ client, reader, partitions: PARTITIONS, clock: systemClock, scripts }),
      async look() {
        position = (await look(client, PARTITIONS, [0], [position]))[0]?.position ?? null
      },
    }
  })
  const [first] = processes
  if (!first) throw new Error('there is no process')
  const feed = createRedisFeed({
    client,
    reader: first.reader,
    subscribers: new Subscribers(),
    partitions: PARTITIONS,
    window: 100,
    secondLookMs: () => 0,
    script: createScript(lua.append),
  })
  let replica: [key: string, dump: Buffer][] = []
  return {
    processes,
    async append(change) {
      await feed.append([change])
    },
    async evict(id) {
      await client.del(entityKey(0, { subgraph: 'profiles', type: 'Profile', id }))
    },
    async flush() {
      await client.flushall()
    },
    async replicate() {
      const keys = await client.keys('*')
      const dumps = await Promise.all(keys.map((key) => client.dumpBuffer(key)))
      replica = keys.flatMap((key, i) => (dumps[i] ? [[key, dumps[i]]] : []))
    },
    async failOver() {
      const transaction = client.multi().flushall()
      for (const [key, dump] of replica) transaction.restore(key, 60_000, dump)
      if (replica.length > 0) transaction.hset(metaKey(0), 'server', 'the one before')
      await transaction.exec()
    },
  }
}

function memoryLevel(): SharedLevel {
  const stream = openMemoryStream({ clock: systemClock, partitions: PARTITIONS })
  const lose = async (): Promise<void> => stream.flush()
  return {
    processes: [0, 1, 2].map(() => ({ cache: stream.entityCache, look: async () => undefined })),
    append: async (change) => void (await stream.feed.append([change])),
    evict: async (id) => stream.evict({ subgraph: 'profiles', type: 'Profile', id }),
    flush: lose,
    replicate: async () => undefined,
    failOver: lose,
  }
}

async function firstViolation(
  level: SharedLevel,
  seeds: number,
  options: Exploration,
): Promise<string | null> {
  for (let seed = 1; seed <= seeds; seed++) {
    const violation = await exploreCache(level, seed, options)
    if (violation !== null) return `seed ${seed}: ${violation}`
  }
  return null
}

function connect(url: string): Redis & AsyncDisposable {
  const client = new Redis(url)
  return Object.assign(client, { [Symbol.asyncDispose]: async () => client.disconnect() })
}

const CALM: Exploration = { steps: 80, staleReads: true, faults: 'none' }
const UNHURT: Exploration = { steps: 80, faults: 'none' }
const EVICTIONS: Exploration = { steps: 80, faults: 'evictions' }

test(
  'no schedule reads what is older than what was told, nor a mixture: in memory',
  { timeout: 120_000 },
  async () => {
    expect(await firstViolation(memoryLevel(), 20_000, { steps: 80 })).toBeNull()
    expect(await firstViolation(memoryLevel(), 2_000, CALM)).toBeNull()
    expect(await firstViolation(memoryLevel(), 2_000, EVICTIONS)).toBeNull()
  },
)

describeWithServer(REDIS_SERVER, 'the scripts of the cache', () => {
  test(
    'no schedule reads what is older than what was told, nor a mixture: in Redis',
    { timeout: 120_000 },
    async () => {
      await using redis = await startRedis()
      await using client = connect(redis.url)
      expect(await firstViolation(redisLevel(client), 1_000, { steps: 80 })).toBeNull()
      expect(await firstViolation(redisLevel(client), 100, CALM)).toBeNull()
      expect(await firstViolation(redisLevel(client), 100, EVICTIONS)).toBeNull()
    },
  )

  test('a stream that is gone is a new epoch, though all else of its partition is there', async () => {
    await using redis = await startRedis()
    await using client = connect(redis.url)
    const epoch = async (): Promise<number> =>
      Number((await look(client, PARTITIONS, [0], []))[0]?.position.epoch)
    const before = await epoch()
    expect(await epoch()).toBe(before)
    await client.del(streamKey(0))
    expect(await epoch()).toBeGreaterThan(before)
  })

  describe('each rule is needed: it shows when one is left out', () => {
    const rules: [
      rule: string,
      of: keyof Lua,
      without: [from: string, to: string][],
      options?: Exploration,
    ][] = [
      // An absence has no version that the fence could refuse.
      [
        'a change renews the token',
        'append',
        [[RENEWED, `redis.call('HGET', key, 't') or ${RENEWED}`]],
        UNHURT,
      ],
      ['a fill needs the token of its miss', 'fill', [['or held[3] ~= token ', '']]],
      ['a fill below the fence is refused', 'fill', [['or tonumber(version) < tonumber(held[2])', '']], CALM],
      ['a change drops the values', 'append', [["redis.call('DEL', key)\n", '']]],
      ['a change raises the fence', 'append', [["'f', version", "'f', held[2] or 0"]], CALM],
      ['the loss of an entity voids its token', 'read', [[RENEWED, '0']], EVICTIONS],
      [
        'a fill of another epoch is refused',
        'fill',
        [
          ['isCurrent\n      and', 'true\n      and'],
          ['held[1] ~= epoch or ', ''],
        ],
      ],
      ['another server is another epoch', 'read', [['held[3] ~= server or ', '']]],
      [
        'values of another epoch are none',
        'read',
        [
          ['if held[1] == epoch then', 'if held[1] then'],
          ['partitions) == epoch\n', "partitions) ~= ''\n"],
        ],
      ],
      ['fields are put together at the same version alone', 'fill', [['v == version and ', '']]],
    ]
    test.each(rules)('%s', { timeout: 120_000 }, async (_, of, without, options = { steps: 80 }) => {
      await using redis = await startRedis()
      await using client = connect(redis.url)
      const lua = { ...LUA }
      for (const [from, to] of without) {
        if (!lua[of].includes(from)) throw new Error(`the script has no "${from}"`)
        lua[of] = lua[of].replaceAll(from, to)
      }
      expect(await firstViolation(redisLevel(client, lua), 3_000, options)).not.toBeNull()
    })
  })
})
