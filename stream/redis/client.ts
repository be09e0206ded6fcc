import { Cluster, Redis, type ClusterOptions, type RedisOptions } from 'ioredis'
import type { Log } from '../../platform/log.ts'
import { isRefusal, reasonOf } from './explain.ts'
import type { RedisAddress } from './redis-url.ts'

export type RedisClient = Redis | Cluster

/** A server that answers nothing for so long is taken for dead: its connection is closed and made anew. */
const SILENT_MS = 2_000
const CONNECT_TIMEOUT_MS = 2_000
const MAX_RECONNECT_MS = 1_000

export interface ClientOptions {
  address: RedisAddress
  /** What it is for, as `CLIENT LIST` shows it. */
  name: string
  log: Log
  commandTimeoutMs?: number
}

/**
 * A connection, or one to each master of a cluster. A command that cannot be sent now, or whose answer is cut off,
 * rejects at once: nothing is queued and nothing is sent twice, since every caller knows better what to do instead.
 */
export function createClient({ address, name, log, commandTimeoutMs }: ClientOptions): RedisClient {
  const options: RedisOptions = {
    connectionName: `monogram-${name}`,
    db: address.db,
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: CONNECT_TIMEOUT_MS,
    socketTimeout: SILENT_MS,
    maxLoadingRetryTime: 200,
    retryStrategy: backOff,
    // A master that has become a replica: the connection is of no use any more.
    reconnectOnError: ({ message }) => message.startsWith('READONLY'),
    ...(commandTimeoutMs !== undefined && { commandTimeout: commandTimeoutMs }),
    ...(address.username !== null && { username: address.username }),
    ...(address.password !== null && { password: address.password }),
    ...(address.tls && { tls: {} }),
  }
  const client = connect(address, options)
  if (client instanceof Cluster) client.on('+node', forgetSilenceOnClose)
  else forgetSilenceOnClose(client)
  reviveWhenEnded(client)
  let last = ''
  client.on('error', (error: Error) => {
    const reason = reasonOf(error)
    // The same failure again and again, at each try to connect, is told once.
    if (reason !== last) {
      const what = isRefusal(reason) ? 'Redis refuses this process' : 'Redis cannot be reached'
      log.warn({ reason, client: name }, what)
    }
    last = reason
  })
  client.on('ready', () => {
    last = ''
  })
  return client
}

/**
 * ioredis goes on counting the silence of a connection that has closed, and then ends the one that took its place: all
 * that was under way on it would be cut once more, two seconds after each cut.
 */
function forgetSilenceOnClose(client: Redis): void {
  client.on('close', () => {
    clearTimeout(Reflect.get(client, 'socketTimeoutTimer') as NodeJS.Timeout | undefined)
    Reflect.set(client, 'socketTimeoutTimer', undefined)
  })
}

/**
 * A client ends for good only when it is told to. ioredis ends one by itself when sentinels tell of a failover while it
 * is connecting.
 */
function reviveWhenEnded(client: RedisClient): void {
  let isWanted = true
  let attempts = 0
  const disconnect = client.disconnect.bind(client)
  client.disconnect = (reconnect = false) => {
    if (!reconnect) isWanted = false
    disconnect(reconnect)
  }
  client.on('ready', () => {
    attempts = 0
  })
  client.on('end', () => {
    if (!isWanted) return
    setTimeout(() => {
      if (isWanted) client.connect().catch(() => undefined)
    }, backOff(attempts++)).unref()
  })
}

/** Resolves when it can be used or that much time has passed; a client goes on trying by itself. */
export async function connected(client: RedisClient, withinMs: number): Promise<boolean> {
  if (client.status === 'wait') client.connect().catch(() => undefined)
  if (client.status === 'ready') return true
  return new Promise((resolve) => {
    const timer = setTimeout(done, withinMs)
    client.once('ready', done)
    client.once('end', done)
    function done(): void {
      clearTimeout(timer)
      client.off('ready', done)
      client.off('end', done)
      resolve(client.status === 'ready')
    }
  })
}

function connect(address: RedisAddress, options: RedisOptions): RedisClient {
  const [first] = address.hosts
  if (address.kind === 'cluster') return new Cluster(address.hosts, clusterOptions(address, options))
  if (address.kind === 'standalone') return new Redis({ ...options, ...first })
  return new Redis({
    ...options,
    sentinels: address.hosts,
    name: address.master ?? '',
    failoverDetector: true,
    sentinelRetryStrategy: backOff,
    ...(address.sentinelPassword !== null && { sentinelPassword: address.sentinelPassword }),
    ...(address.tls && { sentinelTLS: {}, enableTLSForSentinelMode: true }),
  })
}

function clusterOptions(address: RedisAddress, redisOptions: RedisOptions): ClusterOptions {
  return {
    lazyConnect: true,
    enableOfflineQueue: false,
    // The commands of one turn of the event loop go to each master together.
    enableAutoPipelining: true,
    clusterRetryStrategy: backOff,
    maxRedirections: 3,
    slotsRefreshTimeout: CONNECT_TIMEOUT_MS,
    redisOptions,
    // Names in a certificate are those of the hosts that were configured, not of addresses.
    ...(address.tls && { dnsLookup: (host, callback) => callback(null, host) }),
  }
}

/** Up to a second, and not in step with the other processes. */
function backOff(attempt: number): number {
  return Math.min(MAX_RECONNECT_MS, 20 * 2 ** Math.min(attempt, 10)) * (0.5 + Math.random() / 2)
}
