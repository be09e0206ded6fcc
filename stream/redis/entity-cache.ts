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
import { runSections, type Section } from './sections.ts'
import { fieldPrefix, Selections } from './selections.ts'
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

/** What the class's version and times end with where there is no such entity. */
const ABSENT_MARK = ' absent'

const MISS: CacheReadResult = { entry: null, token: null, fence: 0 }
const SCRIPTS = { read: createScript(READ), fill: createScript(FILL) }

export function createRedisEntityCache(options: RedisEntityCacheOptions): EntityCacheStore {
  const { client, reader, partitions, clock, keepStaleMs = 600_000, scripts = SCRIPTS } = options
  const sluice = createSluice()

  /** One call for what can be asked in one; each answer with the epoch in which it was asked. */
  async function ask<Item extends CacheRead | CacheFill, Answer>(
    script: Script,
    head: readonly (string | number)[],
    items: readonly Item[],
    argsOf: (item: Item) => (string | number)[],
    timeoutMs: number,
  ): Promise<Answered<Answer>[]> {
    reader.start()
    const answers: Answered<Answer>[] = items.map(() => null)
    if (client.status !== 'ready') return answers
    const byPartition: AskedSection[] = []
    const sections: AskedSection[] = []
    for (let index = 0; index < items.length; index++) {
      const item = items[index] as Item
      const partition = partitionOfItem(item)
      let section = byPartition[partition]
      if (!section) {
        const epoch = reader.positionOf(partition)?.epoch
        if (epoch === undefined) continue
        section = { partition, epoch, indexes: [], keys: [], args: [epoch, 0] }
        byPartition[partition] = section
        sections.push(section)
      }
      section.indexes.push(index)
      section.keys.push(entityKey(partition, item.entity))
      section.args[1] = section.indexes.length
      for (const arg of argsOf(item)) section.args.push(arg)
    }
    if (sections.length === 0) return answers
    const calls = await sluice(() => runSections(client, script, head, sections), timeoutMs)
    for (const call of calls ?? []) {
      if (call.status === 'rejected') continue
      const list = call.value.answer as (Answer | null)[]
      let i = 0
      for (const { indexes, epoch } of call.value.sections as AskedSection[]) {
        for (const index of indexes) answers[index] = { epoch, answer: list[i++] ?? null }
      }
    }
    return answers
  }

  const read = joinTurn<CacheRead, CacheReadResult>(async (reads, timeoutMs) => {
    const selections = new Selections()
    const numbers = new Map(reads.map((each) => [each, selections.numberOf(each)]))
    const answers = await ask<CacheRead, (string | null)[]>(
      scripts.read,
      [partitions, FENCE_TTL_MS, ...selections.args()],
      reads,
      (each) => [numbers.get(each) ?? 0],
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
        const prefix = fieldPrefix(of)
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
          entry.isAbsent ? ABSENT_MARK : '',
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

/** `args` begin with the epoch and how many items there are. */
interface AskedSection extends Section {
  epoch: string
  /** Of the items, in the order of the keys. */
  indexes: number[]
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
  const isAbsent = about.endsWith(ABSENT_MARK)
  const times = isAbsent ? about.slice(0, -ABSENT_MARK.length) : about
  const [version, storedAt, expiresAt] = times.split(' ').map(Number)
  const found: Record<string, string> = {}
  let isEmpty = true
  for (const [i, field] of fields.entries()) {
    const value = values[i]
    if (value === null || value === undefined) continue
    found[field] = value
    isEmpty = false
  }
  if (isEmpty && !isAbsent) return miss
  const entry = {
    id: entity.id,
    version: version ?? 0,
    fields: found,
    storedAt: storedAt ?? 0,
    expiresAt: expiresAt ?? 0,
    ...(isAbsent && { isAbsent }),
  }
  return { ...miss, entry }
}
