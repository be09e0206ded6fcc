import { silentLog } from '../../platform/log.ts'
import { connected, createClient } from './client.ts'
import { reasonOf } from './explain.ts'
import { parseRedisUrl } from './redis-url.ts'
import { complaints, readInfos } from './watch-server.ts'

/** What is there, in a few words, and what about it is not as it has to be. */
export interface RedisDescription {
  found: string
  complaints: readonly string[]
}

const WAIT_MS = 2_000

/** Changes nothing. Rejects with CONFIG_INVALID for a URL that is none, and with the reason when nothing answers there. */
export async function describeRedis(url: string): Promise<RedisDescription> {
  const address = parseRedisUrl(url)
  const client = createClient({ address, name: 'doctor', log: silentLog(), commandTimeoutMs: WAIT_MS })
  let reason = `no answer within ${WAIT_MS} ms`
  client.on('error', (error: Error) => (reason = reasonOf(error)))
  try {
    if (!(await connected(client, WAIT_MS))) throw new Error(`Redis cannot be reached: ${reason}`)
    const infos = await readInfos(client)
    const versions = new Set(infos.map((info) => info.get('redis_version') ?? 'of an unknown version'))
    const servers = address.kind === 'cluster' ? `, a cluster of ${infos.length} masters` : ''
    return {
      found: `Redis ${[...versions].join(', ')}${servers}`,
      complaints: [...new Set(infos.flatMap(complaints))],
    }
  } finally {
    client.disconnect()
  }
}
