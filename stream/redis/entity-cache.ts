import { partitionOf } from '../partition.ts'
import type { CachedEntry, CacheFill, CacheRead, CacheReadResult, EntityCacheStore } from '../ports.ts'
import type { Clock } from '../../platform/clock.ts'
import type { RedisClient } from './client.ts'
import { FENCE_TTL_MS } from './feed.ts'
import type { FeedReader } from './feed-reader.ts'
import { entityKey } from './keys.ts'
import { joinTurn } from './join-turn.ts'
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

  /** One call for what can be asked in one; each answer with the epoch in which it was asked. */
  async function ask<Item extends CacheRead | CacheFill, Answer>(
    script: Script,
    head: readonly number[],
    items: readonly Item[],
    argsOf: (item: Item) => (string | number)[],
    timeoutMs: number,
  ): Promise<Answered<Answer>[]> {
    reader.start()
    const answers: Answered<Answer>[] = items.map(() => null)
    if (client.status !== 'ready') return answers
    const sections: (Section & { epoch: string; indexes: number[] })[] = []
    for (const [partition, indexed] of byPartition([...items.entries()], ([, item]) =>
      partitionOfItem(item),
    )) {
      const position = reader.positionOf(partition)
      if (position === null) continue
      sections.push({
        partition,
        epoch: position.epoch,
        indexes: indexed.map(([index]) => index),
        keys: indexed.map(([, { entity }]) => entityKey(partition, entity)),
        args: [position.epoch, indexed.length, ...indexed.flatMap(([, item]) => argsOf(item))],
      })
    }
    if (sections.length === 0) return answers
    const calls = await sluice(() => runSections(client, script, head, sections), timeoutMs)
    for (const call of calls ?? []) {
      if (call.status === 'rejected') continue
      const list = call.value.answer as (Answer | null)[]
      let i = 0
      for (const { indexes, epoch } of call.value.sections as typeof sections) {
        for (const index of indexes) answers[index] = { epoch, answer: list[i++] ?? null }
      }
    }
    return answers
  }

  const read = joinTurn<CacheRead, CacheReadResult>(async (reads, timeoutMs) => {
    const answers = await ask<CacheRead, (string | null)[]>(
      scripts.read,
      [partitions, FENCE_TTL_MS],
      reads,
      ({ class: of, fields }) => {
        const prefix = prefixOf(of)
        return [fields.length + 1, prefix, ...fields.map((field) => prefix + field)]
      },
      timeoutMs,
    )
    if (answers.some((answered) => answered && answered.answer === null)) reader.lookSoon()
    return reads.map((one, i) => resultOf(one, answers[i] ?? null, partitionOfItem(one)))
  })

  const fill = joinTurn<CacheFill, boolean>(async (fills, timeoutMs) => {
    const now = clock()
    const isAskable = (one: CacheFill): boolean => {
      const partition = partitionOfItem(one)
      const token = parseToken(one.token)
      const isCurrent = token?.partition === partition && token.epoch === reader.positionOf(partition)?.epoch
      return isCurrent && bytesOf(one.entry) <= MAX_VALUE_BYTES
    }
    const askable = fills.filter(isAskable)
    const answers = await ask<CacheFill, number>(
      scripts.fill,
      [partitions, MAX_ENTITY_BYTES],
      askable,
      ({ token, class: of, entry }) => {
        const prefix = prefixOf(of)
        const fields = Object.entries(entry.fields)
        const ttlMs = Math.max(1, Math.min(MAX_TTL_MS, entry.expiresAt - now + keepStaleMs))
        return [
          parseToken(token)?.number ?? '',
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
      timeoutMs,
    )
    const kept = new Map(askable.map((one, i) => [one, answers[i]?.answer === 1]))
    return fills.map((one) => kept.get(one) ?? false)
  })

  function partitionOfItem({ entity }: CacheRead | CacheFill): number {
    return partitionOf(entity.type, entity.id, partitions)
  }

  return {
    read: (reads, { timeoutMs = DEFAULT_TIMEOUT_MS } = {}) => read(reads, timeoutMs),
    fill: (fills) => fill(fills, DEFAULT_TIMEOUT_MS),
  }
}

/** Null where nothing was asked or nothing came back; `answer` is null where the epoch was not current. */
type Answered<Answer> = { epoch: string; answer: Answer | null } | null

interface Token {
  partition: number
  epoch: string
  number: string
}

/** Redis counts tokens for each partition, and from the beginning in each epoch: all three together are one of a kind. */
function tokenOf({ partition, epoch, number }: Token): string {
  return `${partition}.${epoch}.${number}`
}

function parseToken(token: string): Token | null {
  const [partition, epoch, number] = token.split('.')
  if (epoch === undefined || number === undefined) return null
  return { partition: Number(partition), epoch, number }
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
  answered: Answered<(string | null)[]>,
  partition: number,
): CacheReadResult {
  if (!answered?.answer) return MISS
  const [fence, number, about, ...values] = answered.answer
  const token = tokenOf({ partition, epoch: answered.epoch, number: number ?? '' })
  const miss = { entry: null, token, fence: Number(fence) }
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
