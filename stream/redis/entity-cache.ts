import { partitionOf } from '../partition.ts'
import type { CachedEntry, CacheFill, CacheRead, CacheReadResult, EntityCacheStore } from '../ports.ts'
import type { Clock } from '../../platform/clock.ts'
import type { RedisClient } from './client.ts'
import { FENCE_TTL_MS } from './feed.ts'
import type { FeedReader } from './feed-reader.ts'
import { entityKey } from './keys.ts'
import { joinTurn } from './join-turn.ts'
import { markOf, readAnswer } from './read-answer.ts'
import { readCalls, type ReadCall } from './read-calls.ts'
import { createScript, type Script } from './script.ts'
import { FILL } from './scripts/fill.ts'
import { READ } from './scripts/read.ts'
import { byPartition, runSections, type Section } from './sections.ts'
import { fieldPrefix } from './selections.ts'
import { createSluice } from './sluice.ts'
import { parseToken } from './token.ts'

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

  const read = joinTurn<CacheRead, CacheReadResult>(async (reads, timeoutMs) => {
    reader.start()
    const answers = reads.map(() => MISS)
    if (client.status !== 'ready') return answers
    const asked = reads.map(partitionOfItem)
    const epochs: (string | undefined)[] = []
    for (const partition of asked) epochs[partition] ??= epochOf(partition)
    const calls = readCalls(reads, { partitions: asked, epochs, isCluster: client.isCluster })
    if (calls.length === 0) return answers
    const replies = await sluice(() => Promise.allSettled(calls.map(callRead)), timeoutMs)
    for (const [i, { indexes }] of calls.entries()) {
      const reply = replies?.[i]
      if (reply?.status !== 'fulfilled') continue
      for (let at = 0; at < indexes.length; at++) {
        const text = reply.value[at]
        const index = indexes[at] as number
        const partition = asked[index] as number
        // Of another epoch than the one that is current.
        if (!text) reader.lookSoon()
        else
          answers[index] = readAnswer(text, reads[index] as CacheRead, partition, epochs[partition] as string)
      }
    }
    return answers
  })

  async function callRead({ keys, epochs, chosen, selections }: ReadCall): Promise<(string | null)[]> {
    const args = [partitions, FENCE_TTL_MS, epochs, chosen, ...selections.args]
    return (await scripts.read.run(client, keys, args)) as (string | null)[]
  }

  const fill = joinTurn<CacheFill, boolean>(async (fills, timeoutMs) => {
    reader.start()
    const isKept = fills.map(() => false)
    if (client.status !== 'ready') return isKept
    const now = clock()
    const current = fills.flatMap((one, index) => {
      const token = parseToken(one.token)
      if (token?.partition !== partitionOfItem(one) || !isKeepable(one)) return []
      return token.epoch === epochOf(token.partition) ? [{ index, one, token }] : []
    })
    if (current.length === 0) return isKept
    const groups = byPartition(current, ({ token }) => token.partition)
    const sections = [...groups].map(([partition, those]): FillSection => ({
      partition,
      indexes: those.map(({ index }) => index),
      keys: those.map(({ one }) => entityKey(partition, one.entity)),
      args: [
        epochOf(partition) ?? '0',
        those.length,
        ...those.flatMap(({ one, token }) => [token.number, ...fillArgs(one, now)]),
      ],
    }))
    const head = [partitions, MAX_ENTITY_BYTES]
    const calls = await sluice(() => runSections(client, scripts.fill, head, sections), timeoutMs)
    for (const call of calls ?? []) {
      if (call.status === 'rejected') continue
      const answers = call.value.answer as number[]
      const indexes = (call.value.sections as FillSection[]).flatMap((section) => section.indexes)
      for (const [at, index] of indexes.entries()) isKept[index] = answers[at] === 1
    }
    return isKept
  })

  function fillArgs({ class: of, entity, entry }: CacheFill, now: number): (string | number)[] {
    const prefix = fieldPrefix(of)
    const fields = Object.entries(entry.fields)
    const ttlMs = Math.max(1, Math.min(MAX_TTL_MS, entry.expiresAt - now + keepStaleMs))
    return [
      entry.version,
      entry.storedAt,
      entry.expiresAt,
      ttlMs,
      bytesOf(entry),
      prefix,
      markOf(entity.id, of, entry.isAbsent === true),
      fields.length,
      ...fields.flatMap(([field, value]) => [prefix + field, value]),
    ]
  }

  function epochOf(partition: number): string | undefined {
    return reader.positionOf(partition)?.epoch
  }

  function partitionOfItem({ entity }: CacheRead | CacheFill): number {
    return partitionOf(entity.type, entity.id, partitions)
  }

  return {
    read: (reads, { timeoutMs = DEFAULT_TIMEOUT_MS } = {}) => read(reads, timeoutMs),
    fill: (fills) => fill(fills, DEFAULT_TIMEOUT_MS),
  }
}

/** `args` begin with the epoch and how many fills there are. */
interface FillSection extends Section {
  /** Of the fills, in the order of the keys. */
  indexes: number[]
}

/** JSON texts have no line ends; the script that reads puts them between the fields. */
function isKeepable({ entity, class: of, entry }: CacheFill): boolean {
  if (bytesOf(entry) > MAX_VALUE_BYTES || entity.id.includes('\n') || of.includes('\n')) return false
  return Object.values(entry.fields).every((value) => value !== '' && !value.includes('\n'))
}

function bytesOf({ fields }: CachedEntry): number {
  let bytes = 0
  for (const [field, value] of Object.entries(fields)) bytes += field.length + Buffer.byteLength(value)
  return bytes
}
