import type { Redis } from 'ioredis'
import type { Log } from '../../platform/log.ts'
import type { RedisClient } from './client.ts'

export interface WatchedServer {
  /** Whether a replica may take its master's place: once one was seen it may come back. */
  hasReplicas(): boolean
}

const OLDEST_MAJOR = 7

/** Looks at each server that is connected, and says what about it is not as it has to be. */
export function watchServer(client: RedisClient, log: Log): WatchedServer {
  let replicas = false
  const said = new Set<string>()
  const say = (what: string): void => {
    if (!said.has(what)) log.warn(what)
    said.add(what)
  }

  async function look(): Promise<void> {
    for (const info of await readInfos(client)) {
      if (replicasOf(info) > 0) replicas = true
      for (const complaint of complaints(info)) say(complaint)
    }
  }
  client.on('ready', () => {
    // Without INFO the scripts fail as well, and say so.
    look().catch(() => undefined)
  })
  return { hasReplicas: () => replicas }
}

/** What each server that writes says of itself. */
export async function readInfos(client: RedisClient): Promise<ReadonlyMap<string, string>[]> {
  const nodes: Redis[] = 'nodes' in client ? client.nodes('master') : [client]
  return (await Promise.all(nodes.map((node) => node.info()))).map(parseInfo)
}

function replicasOf(info: ReadonlyMap<string, string>): number {
  return Number(info.get('connected_slaves') ?? 0)
}

/** What about a server would make it lose what it must not lose, or refuse what it must take. */
export function complaints(info: ReadonlyMap<string, string>): string[] {
  const list: string[] = []
  const version = info.get('redis_version') ?? '0'
  const policy = info.get('maxmemory_policy') ?? ''
  const isBounded = Number(info.get('maxmemory') ?? 0) > 0
  if (Number.parseInt(version, 10) < OLDEST_MAJOR) {
    list.push(`Redis ${version} is too old: Monogram needs ${OLDEST_MAJOR}.0 or later`)
  }
  if (policy.startsWith('allkeys')) {
    list.push(
      `Redis may evict the change feed (maxmemory-policy ${policy}), which tells every consumer of a gap; set it to volatile-lru`,
    )
  } else if (isBounded && policy === 'noeviction') {
    list.push(
      'Redis refuses writes when it is full (maxmemory-policy noeviction), the change feed stops then; set it to volatile-lru',
    )
  }
  // The line is there only where the setting is.
  if (replicasOf(info) > 0 && !info.has('min_slaves_good_slaves')) {
    list.push(
      'Redis has replicas and takes changes without them (min-replicas-to-write 0): one that a cut-off master takes may never be told; set it to 1, and min-replicas-max-lag to 2',
    )
  }
  return list
}

export function parseInfo(text: string): Map<string, string> {
  const info = new Map<string, string>()
  for (const line of text.split('\r\n')) {
    const colon = line.indexOf(':')
    if (colon > 0) info.set(line.slice(0, colon), line.slice(colon + 1))
  }
  return info
}
