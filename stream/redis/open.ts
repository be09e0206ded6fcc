import { MonogramError } from '../../core/errors.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import { ResourceStack } from '../../platform/resource-stack.ts'
import type { Stream } from '../ports.ts'
import { Subscribers } from '../subscribers.ts'
import { createChannels, type Channels } from './channels.ts'
import { createRedisClaim } from './claim.ts'
import { connected, createClient, type RedisClient } from './client.ts'
import { createRedisEntityCache } from './entity-cache.ts'
import { explain, isRefusal, reasonOf } from './explain.ts'
import { createFeedReader } from './feed-reader.ts'
import { createRedisFeed } from './feed.ts'
import { createRedisHints } from './hints.ts'
import { createRedisLeases } from './leases.ts'
import { look } from './look.ts'
import { createRedisRateLimits } from './rate-limits.ts'
import { readBlocking, readWhenTold, type ReadEntries } from './read-entries.ts'
import { parseRedisUrl } from './redis-url.ts'
import { watchServer } from './watch-server.ts'

export interface RedisStreamOptions {
  /** As parseRedisUrl takes it. */
  url: string
  partitions: number
  clock: Clock
  log: Log
  /** Changes that a partition keeps. */
  window?: number
}

/** An opening does not wait longer for Redis: it goes on without, and is connected when Redis is there. */
const OPEN_WAIT_MS = 2_000
const COMMAND_TIMEOUT_MS = 1_000
const DEFAULT_WINDOW = 10_000
/** Longer than `min-replicas-max-lag` should be: by then a master without replicas refuses writes. */
const SECOND_LOOK_MS = 3_000

/** Rejects with CONFIG_INVALID when the URL is wrong, Redis refuses who it says that we are, or the feed is divided otherwise than this process believes. */
export async function openRedisStream(options: RedisStreamOptions): Promise<Stream> {
  const { partitions, clock, log, window = DEFAULT_WINDOW } = options
  const address = parseRedisUrl(options.url)
  await using opening = new ResourceStack()
  const connect = (name: string, commandTimeoutMs?: number): RedisClient => {
    const client = createClient({
      address,
      name,
      log,
      ...(commandTimeoutMs !== undefined && { commandTimeoutMs }),
    })
    opening.defer(() => Promise.resolve(client.disconnect()))
    return client
  }

  const client = connect('commands', COMMAND_TIMEOUT_MS)
  let refusal: string | null = null
  client.on('error', (error: Error) => {
    const reason = reasonOf(error)
    if (isRefusal(reason)) refusal = reason
  })
  const server = watchServer(client, log)
  const channels = createChannels(client, connect('hints'))
  const reading = connect('feed', COMMAND_TIMEOUT_MS)
  const subscribers = new Subscribers()
  const reader = createFeedReader({
    client: reading,
    readEntries: readerOf(reading, channels),
    partitions,
    subscribers,
    log,
  })
  const parts = { client, reader, partitions, clock }
  const hasReplicas = (): boolean => address.kind !== 'standalone' || server.hasReplicas()
  const feed = opening.use(
    createRedisFeed({
      ...parts,
      subscribers,
      window,
      secondLookMs: () => (hasReplicas() ? SECOND_LOOK_MS : 0),
    }),
  )
  const isConnected = await connected(client, OPEN_WAIT_MS)
  // With a number of a database that there is not, the client would go on with database 0.
  if (refusal !== null) throw refused(refusal)
  if (isConnected) await requirePartitions(client, partitions)
  else {
    log.warn(
      'Redis has not answered yet, and this process begins without it; if it runs, look at MONOGRAM_REDIS_URL: ' +
        'its host and port, and rediss: where it speaks TLS, redis: where it does not',
    )
  }
  const opened = opening.move()
  return {
    feed,
    entityCache: createRedisEntityCache(parts),
    leases: createRedisLeases(parts),
    rateLimits: createRedisRateLimits(parts),
    hints: createRedisHints(channels),
    claim: createRedisClaim(client),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  }
}

function readerOf(client: RedisClient, channels: Channels): ReadEntries {
  return 'nodes' in client ? readWhenTold(client, channels) : readBlocking(client)
}

function refused(why: string): MonogramError {
  return new MonogramError(
    'CONFIG_INVALID',
    `MONOGRAM_REDIS_URL: expected a user, password and database that Redis knows (redis://user:password@host:6379/0), got what it refuses: ${why}`,
  )
}

/** Any other failure is for later: what cannot be reached now may be in a moment. */
async function requirePartitions(client: RedisClient, partitions: number): Promise<void> {
  await look(client, partitions, [0], []).catch((error: unknown) => {
    const { message } = explain(error, partitions)
    if (message.includes('partitions')) throw new MonogramError('CONFIG_INVALID', message)
  })
}
