import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import { openMemoryStream } from './memory/open.ts'
import type { Stream } from './ports.ts'
import type { RedisDescription } from './redis/describe.ts'

export interface OpenStreamOptions {
  /** Null: what one process needs, in its memory. */
  url: string | null
  partitions: number
  clock: Clock
  log: Log
}

/** Opens the stream that the configuration names. CONFIG_INVALID; a Redis that cannot be reached is no reason to reject. */
export async function openStream({ url, ...options }: OpenStreamOptions): Promise<Stream> {
  if (url === null) return openMemoryStream(options)
  const { openRedisStream } = await import('./redis/open.ts')
  return openRedisStream({ ...options, url })
}

/** What answers at that URL, and what about it is not as it has to be; changes nothing there. Rejects with the reason. */
export async function describeSharedStream(url: string): Promise<RedisDescription> {
  const { describeRedis } = await import('./redis/describe.ts')
  return describeRedis(url)
}
