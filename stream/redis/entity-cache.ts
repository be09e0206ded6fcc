import { partitionOf } from '../partition.ts'
import type { CachedEntry, CacheFill, CacheRead, CacheReadResult, EntityCacheStore } from '../ports.ts'
import type { Clock } from '../../platform/clock.ts'
import type { RedisClient } from './client.ts'
import { FENCE_TTL_MS } from './feed.ts'
import type { FeedReader } from './feed-reader.ts'
import { entityKey } from './keys.ts'
import { createScript, type Script } from './script.ts'
import { FILL } from './scripts/fill.ts'
import { READ } from './scripts/read.ts'
import { byPartition, runSections, type Section } from './sections.ts'
import { createSluice } from './sluice.ts'

export interface RedisEntityCacheOptions {
  client: RedisClient
  reader: FeedReader
  partitions: number
  clock: Clock
  /** For how long a value is kept after it is not fresh any more: to stand in when its source fails. */
  keepStaleMs?: number
  /** In place of the scripts: for tests that leave out one of their rules. */
  scripts?: { read: Script; fill: Script }
}

const DEFAULT_TIMEOUT_MS = 50
/** A value lives no longer, whatever is said of its freshness. */
const MAX_TTL_MS = 86_400_000
/** Of all values of an entity. */
const MAX_ENTITY_BYTES = 262_144
const MAX_VALUE_BYTES = 65_536

const MISS: CacheReadResult = { entry: null, token: null, fence: 0 }
const SCRIPTS = { read: createScript(READ), fill: createScript(FILL) }

export function createRedisEntityCache(options: RedisEntityCacheOptions): EntityCacheStore {
  const { client, reader, partitions, clock, keepStaleMs = 600_000, scripts = SCRIPTS } = options
  const sluice = createSluice()
  const partitionOfItem = ({ entity }: CacheRead | CacheFill): number =>
    partitionOf(entity.type, entity.id, partitions)

  /** One call for what can be asked in one; the answers in the order of the items, undefined where there is none. */
  async function ask<Item extends CacheRead | CacheFill, Answer>(
    script: Script,
    head: readonly number[],
    items: readonly Item[],
    argsOf: (item: Item) => (string | number)[],
    timeoutMs: number,
  ): Promise<(Answer | undefined)[]> {
    reader.start()
    const answers: (Answer | undefined)[] = items.map(() => undefined)
    if (client.status !== 'ready') return answers
    const groups = byPartition([...items.keys()], (i) => {
      const item = items[i]
      return item ? partitionOfItem(item) : 0
    })
    const sections: (Section & { indexes: number[] })[] = []
    for (const [partition, indexes] of groups) {
      const position = reader.positionOf(partition)
      if (position === null) continue
      const those = indexes.flatMap((i) => items[i] ?? [])
      const keys = those.map(({ entity }) => entityKey(partition, entity))
      sections.push({
        partition,
        indexes,
        keys,
        args: [position.epoch, those.length, ...those.flatMap(argsOf)],
      })
    }
    if (sections.length === 0) return answers
    const calls = await sluice(() => runSections(client, script, head, sections), timeoutMs)
    for (const call of calls ?? []) {
      if (call.status === 'rejected') continue
      const list = call.value.answer as Answer[]
      const indexes = (call.value.sections as typeof sections).flatMap((section) => section.indexes)
      indexes.forEach((index, i) => (answers[index] = list[i]))
    }
    return answers
  }

  return {
    async read(reads, { timeoutMs = DEFAULT_TIMEOUT_MS } = {}) {
      const answers = await ask<CacheRead, (string | null)[] | null>(
        scripts.read,
        [partitions, FENCE_TTL_MS],
        reads,
        (read) => {
          const prefix = prefixOf(read.class)
          return [read.fields.length + 1, prefix, ...read.fields.map((field) => prefix + field)]
        },
        timeoutMs,
      )
      if (answers.includes(null)) reader.lookSoon()
      return reads.map((read, i) => {
        const result = resultOf(read, answers[i])
        // Numbers of tokens are those of a partition: with it, no token is ever that of another entity.
        return result.token === null
          ? result
          : { ...result, token: `${partitionOfItem(read)}.${result.token}` }
      })
    },

    async fill(fills) {
      const now = clock()
      const fitting = fills.filter(
        (one) => one.token.startsWith(`${partitionOfItem(one)}.`) && bytesOf(one.entry) <= MAX_VALUE_BYTES,
      )
      const answers = await ask<CacheFill, number>(
        scripts.fill,
        [partitions, MAX_ENTITY_BYTES],
        fitting,
        ({ token, class: of, entry }) => {
          const prefix = prefixOf(of)
          const fields = Object.entries(entry.fields)
          const ttlMs = Math.max(1, Math.min(MAX_TTL_MS, entry.expiresAt - now + keepStaleMs))
          return [
            token.slice(token.indexOf('.') + 1),
            entry.version,
            entry.storedAt,
            entry.expiresAt,
            ttlMs,
            bytesOf(entry),
            prefix,
            fields.length,
            ...fields.flatMap(([field, value]) => [prefix + field, value]),
          ]
        },
        DEFAULT_TIMEOUT_MS,
      )
      const kept = new Map(fitting.map((one, i) => [one, answers[i] === 1]))
      return fills.map((one) => kept.get(one) ?? false)
    },
  }
}

/** What the fields of a class begin with; its length is told, so that no class is the beginning of another's fields. */
function prefixOf(of: string): string {
  return `v${of.length}:${of}:`
}

function bytesOf({ fields }: CachedEntry): number {
  let bytes = 0
  for (const [field, value] of Object.entries(fields)) bytes += field.length + Buffer.byteLength(value)
  return bytes
}

function resultOf(
  { entity, fields }: CacheRead,
  answer: (string | null)[] | null | undefined,
): CacheReadResult {
  if (!answer) return MISS
  const [fence, token, about, ...values] = answer
  const miss = { entry: null, token: token ?? null, fence: Number(fence) }
  if (!about) return miss
  const [version, storedAt, expiresAt] = about.split(' ').map(Number)
  const found: Record<string, string> = {}
  let isEmpty = true
  for (const [i, field] of fields.entries()) {
    const value = values[i]
    if (value === null || value === undefined) continue
    found[field] = value
    isEmpty = false
  }
  if (isEmpty) return miss
  const entry = {
    id: entity.id,
    version: version ?? 0,
    fields: found,
    storedAt: storedAt ?? 0,
    expiresAt: expiresAt ?? 0,
  }
  return { ...miss, entry }
}
