import { MonogramError } from '../../core/errors.ts'

/** Where Redis is, as MONOGRAM_REDIS_URL says it. */
export interface RedisAddress {
  kind: 'standalone' | 'sentinel' | 'cluster'
  tls: boolean
  /** One for `standalone`; else those that are asked first. */
  hosts: { host: string; port: number }[]
  /** The name that sentinels know the master by. */
  master: string | null
  username: string | null
  password: string | null
  /** Of the sentinels themselves. */
  sentinelPassword: string | null
  db: number
}

const FORM =
  /^(?<scheme>rediss?)(?:\+(?<kind>sentinel|cluster))?:\/\/(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?(?<hosts>[^@/?]+)(?<path>\/[^?]*)?(?:\?(?<query>.*))?$/i
const HOST = /^(?<host>\[[\da-f:.]+\]|[\w.-]+)(?::(?<port>\d{1,5}))?$/i

/**
 * `redis://[user[:password]@]host[:port][/db]`, `redis+sentinel://…@host[:port],host[:port]/master[/db]`,
 * `redis+cluster://…@host[:port],host[:port]`; `rediss` in place of `redis` is TLS. Characters with a meaning of their
 * own in a URL are percent-encoded. CONFIG_INVALID, which never repeats what may be a password.
 */
export function parseRedisUrl(url: string): RedisAddress {
  const parts = FORM.exec(url.trim())?.groups
  if (!parts) throw invalid(`got ${schemeOf(url)}`)
  const kind = (parts['kind']?.toLowerCase() ?? 'standalone') as RedisAddress['kind']
  const hosts = (parts['hosts'] ?? '').split(',').map((text) => parseHost(text, kind))
  const path = (parts['path'] ?? '').split('/').filter((part) => part !== '')
  const query = new URLSearchParams(parts['query'] ?? '')
  for (const name of query.keys()) {
    if (kind !== 'sentinel' || name !== 'sentinelPassword') throw invalid(`"${name}" is not an option of it`)
  }
  if (kind === 'standalone' && hosts.length > 1) {
    throw invalid('several hosts are given as redis+sentinel:// or redis+cluster://')
  }
  const master = kind === 'sentinel' ? (path.shift() ?? '') : null
  if (master === '') throw invalid('redis+sentinel:// wants the name of the master after the hosts')
  return {
    kind,
    tls: parts['scheme']?.toLowerCase() === 'rediss',
    hosts,
    master: master === null ? null : decode(master),
    username: parts['user'] ? decode(parts['user']) : null,
    password: parts['password'] ? decode(parts['password']) : null,
    sentinelPassword: query.get('sentinelPassword'),
    db: parseDb(path, kind),
  }
}

function parseHost(text: string, kind: RedisAddress['kind']): { host: string; port: number } {
  const parts = HOST.exec(text)?.groups
  const port = Number(parts?.['port'] ?? (kind === 'sentinel' ? 26_379 : 6_379))
  if (!parts?.['host'] || port < 1 || port > 65_535) throw invalid('one of its hosts is not host[:port]')
  return { host: parts['host'].replace(/^\[|\]$/g, ''), port }
}

function parseDb(path: readonly string[], kind: RedisAddress['kind']): number {
  const [text = '0', ...rest] = path
  if (!/^\d{1,4}$/.test(text) || rest.length > 0)
    throw invalid('what follows the host is the number of a database')
  if (kind === 'cluster' && text !== '0') throw invalid('a cluster has database 0 alone')
  return Number(text)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalid('a % in it begins no percent-encoded character; write it as %25')
  }
}

/** What follows the scheme may hold a password. */
function schemeOf(url: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(url.trim())?.[0]
  return scheme === undefined ? 'something that is no URL' : `"${scheme}…"`
}

function invalid(reason: string): MonogramError {
  return new MonogramError(
    'CONFIG_INVALID',
    `MONOGRAM_REDIS_URL: expected redis://host:port, rediss://, redis+sentinel://host,host/master or redis+cluster://host,host; ${reason}`,
  )
}
