/** Where a cluster is and how a client signs in, as one URL says it. */
export interface KafkaAddress {
  /** `host:port`, at least one. */
  brokers: string[]
  tls: boolean
  sasl: { mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512'; username: string; password: string } | null
}

export const KAFKA_URL_EXPECTED =
  'kafka://[user:password@]host[:9092][,host…][?sasl=plain|scram-sha-256|scram-sha-512], kafkas:// for TLS'

const MECHANISMS = ['plain', 'scram-sha-256', 'scram-sha-512'] as const
const DEFAULT_PORT = 9092

/**
 * Parses `kafka://host:port,host:port` and, over TLS, `kafkas://`. With a user the mechanism is `sasl`, else
 * SCRAM-SHA-512. Null for anything else.
 */
export function parseKafkaUrl(text: string): KafkaAddress | null {
  const parts = /^(kafkas?):\/\/(?:([^:@/?]+):([^@/?]*)@)?([^@/?]+)\/?(?:\?(.*))?$/.exec(text)
  if (!parts) return null
  const [, scheme, username, password = '', hosts = '', query = ''] = parts
  const brokers = hosts.split(',').map(brokerOf)
  const options = new URLSearchParams(query)
  const mechanism = MECHANISMS.find((known) => known === (options.get('sasl') ?? 'scram-sha-512'))
  const isOtherOption = [...options.keys()].some((name) => name !== 'sasl')
  if (!mechanism || isOtherOption || !brokers.every((broker) => broker !== null)) return null
  if (username === undefined && options.has('sasl')) return null
  const name = decoded(username ?? '')
  const secret = decoded(password)
  if (name === null || secret === null) return null
  const sasl = username === undefined ? null : { mechanism, username: name, password: secret }
  return { brokers, tls: scheme === 'kafkas', sasl }
}

function brokerOf(host: string): string | null {
  const parts = /^([a-z0-9.-]+|\[[0-9a-f:]+\])(?::(\d{1,5}))?$/i.exec(host.trim())
  if (!parts) return null
  const port = Number(parts[2] ?? DEFAULT_PORT)
  return port > 0 && port <= 65_535 ? `${parts[1]}:${port}` : null
}

function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}
