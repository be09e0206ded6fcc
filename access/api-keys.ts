import { createHmac, timingSafeEqual } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { formatApiKey, KEY_ID_LENGTH, KEY_SECRET_LENGTH, parseApiKey } from '../core/access/api-key.ts'
import { SCOPES, type ApiKeyRecord, type Principal, type Scope } from '../core/access/principal.ts'
import { MonogramError } from '../core/errors.ts'
import type { Clock } from '../platform/clock.ts'
import type { ApiKeyStore } from '../storage/ports.ts'
import { randomBase62, type RandomBytes } from './random-text.ts'

export interface ApiKeysOptions {
  store: ApiKeyStore
  /** Keyed hashes of the secrets are made under it: a stolen store is of no use without it. */
  pepper: Uint8Array
  clock: Clock
  randomBytes: RandomBytes
  /** How long another process may go on accepting a key that this one revoked. */
  maxAgeMs?: number
  /** While the store cannot be asked: for how long since a key was last read it is accepted all the same. */
  maxBelievedMs?: number
  /** How long a request waits for a store that is to be asked about a key which was known a moment ago. */
  maxWaitMs?: number
}

/** A new key: the only time that it is shown. */
export interface CreatedApiKey {
  id: string
  key: string
  name: string
  scopes: Scope[]
  createdAt: number
}

export type ApiKeySummary = Omit<ApiKeyRecord, 'secretHmac'>

export interface ApiKeys {
  /** KEY_NAME_INVALID, KEY_SCOPE_UNKNOWN. */
  create(key: { name: string; scopes: readonly string[] }): Promise<CreatedApiKey>
  /** Newest first, revoked ones included. */
  list(): Promise<ApiKeySummary[]>
  /** In force at once in this process, within `maxAgeMs` in others. Safe to repeat. KEY_UNKNOWN. */
  revoke(id: string): Promise<ApiKeySummary>
  /**
   * Whose key this text is; null when it is no key, unknown or revoked. A key in use is read anew before its time, so that
   * nobody waits for that; when the store does not answer, one that was read lately is believed, so that those who are known
   * are answered whatever is broken. Rejects when the store cannot be asked about a key that was not.
   */
  authenticate(key: string): Promise<Principal | null>
}

const MAX_KNOWN = 10_000
/** Kept apart, so that a flood of invented keys cannot push out those in use. */
const MAX_UNKNOWN = 1_000
const MAX_NAME_LENGTH = 80

export function createApiKeys(options: ApiKeysOptions): ApiKeys {
  const { store, pepper, clock, randomBytes, maxAgeMs = 1_000 } = options
  const { maxBelievedMs = 5 * 60_000, maxWaitMs = 100 } = options
  const known = new LRUCache<string, { record: ApiKeyRecord; readAt: number }>({ max: MAX_KNOWN })
  const unknown = new LRUCache<string, number>({ max: MAX_UNKNOWN })
  const reading = new Map<string, Promise<ApiKeyRecord | null>>()
  /** When the store last failed to answer, or in time. */
  let failedAt = -Infinity
  /** Rises with every write, so that a read that began before it does not fill the cache after it. */
  let writes = 0

  return { create, list, revoke, authenticate }

  async function create(key: { name: string; scopes: readonly string[] }): Promise<CreatedApiKey> {
    const name = parseName(key.name)
    const scopes = parseScopes(key.scopes)
    const id = randomBase62(KEY_ID_LENGTH, randomBytes)
    const secret = randomBase62(KEY_SECRET_LENGTH, randomBytes)
    const createdAt = clock()
    const secretHmac = hmac(secret).toString('base64url')
    await write({ id, name, scopes, secretHmac, createdAt, revokedAt: null })
    return { id, key: formatApiKey({ id, secret }), name, scopes, createdAt }
  }

  async function list(): Promise<ApiKeySummary[]> {
    const records = await store.list()
    return records.map(summary).sort((a, b) => b.createdAt - a.createdAt)
  }

  async function revoke(id: string): Promise<ApiKeySummary> {
    const record = await store.get(id)
    if (!record) {
      throw new MonogramError('KEY_UNKNOWN', `there is no key "${id}"; \`monogram keys list\` shows the ids`)
    }
    if (record.revokedAt !== null) return summary(record)
    const revoked = { ...record, revokedAt: clock() }
    await write(revoked)
    return summary(revoked)
  }

  async function authenticate(key: string): Promise<Principal | null> {
    const parts = parseApiKey(key)
    if (!parts) return null
    const record = await find(parts.id)
    if (!record || record.revokedAt !== null) return null
    const expected = Buffer.from(record.secretHmac, 'base64url')
    const given = hmac(parts.secret)
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return null
    return { kind: 'api-key', id: record.id, name: record.name, scopes: record.scopes }
  }

  async function find(id: string): Promise<ApiKeyRecord | null> {
    const now = clock()
    const cached = known.get(id)
    if (!cached) {
      const missedAt = unknown.get(id)
      return missedAt !== undefined && now - missedAt < maxAgeMs ? null : read(id)
    }
    const ageMs = now - cached.readAt
    if (ageMs < maxAgeMs / 2) return cached.record
    const fresh = read(id)
    if (ageMs >= maxBelievedMs) return fresh
    const believed = fresh.catch(() => cached.record)
    if (ageMs < maxAgeMs || now - failedAt < maxAgeMs) return cached.record
    return inTime(believed, cached.record)
  }

  async function inTime(
    fresh: Promise<ApiKeyRecord | null>,
    known: ApiKeyRecord,
  ): Promise<ApiKeyRecord | null> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<ApiKeyRecord>((resolve) => {
      timer = setTimeout(() => {
        failedAt = clock()
        resolve(known)
      }, maxWaitMs)
    })
    return Promise.race([fresh, late]).finally(() => clearTimeout(timer))
  }

  /** One read at a time for each key. What it finds is remembered. */
  function read(id: string): Promise<ApiKeyRecord | null> {
    const present = reading.get(id)
    if (present) return present
    const started = readOnce(id).finally(() => {
      if (reading.get(id) === started) reading.delete(id)
    })
    reading.set(id, started)
    return started
  }

  async function readOnce(id: string): Promise<ApiKeyRecord | null> {
    const readAt = clock()
    const before = writes
    try {
      const record = await store.get(id)
      if (before !== writes) return record
      known.delete(id)
      if (record) known.set(id, { record, readAt })
      else unknown.set(id, readAt)
      return record
    } catch (error) {
      failedAt = clock()
      throw error
    }
  }

  /** Also when the outcome is unknown, nothing that was read before is believed any longer. */
  async function write(record: ApiKeyRecord): Promise<void> {
    try {
      await store.put(record)
    } finally {
      writes++
      known.delete(record.id)
      unknown.delete(record.id)
      reading.delete(record.id)
    }
  }

  function hmac(secret: string): Buffer {
    return createHmac('sha256', pepper).update(secret).digest()
  }
}

function summary({ id, name, scopes, createdAt, revokedAt }: ApiKeyRecord): ApiKeySummary {
  return { id, name, scopes, createdAt, revokedAt }
}

function parseName(given: string): string {
  const name = given.trim()
  if (name.length > 0 && name.length <= MAX_NAME_LENGTH && !/\p{Cc}/u.test(name)) return name
  throw new MonogramError(
    'KEY_NAME_INVALID',
    `a key needs a name of 1 to ${MAX_NAME_LENGTH} characters, got ${JSON.stringify(given.slice(0, 100))}`,
  )
}

function parseScopes(given: readonly string[]): Scope[] {
  const unknown = given.find((scope) => !(SCOPES as readonly string[]).includes(scope))
  if (given.length === 0 || unknown !== undefined) {
    const got = unknown === undefined ? 'none' : JSON.stringify(unknown)
    throw new MonogramError('KEY_SCOPE_UNKNOWN', `expected scopes out of ${SCOPES.join(', ')}, got ${got}`)
  }
  return SCOPES.filter((scope) => given.includes(scope))
}
