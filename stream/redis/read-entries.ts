import { setTimeout as delay } from 'node:timers/promises'
import type { Cluster, Redis } from 'ioredis'
import type { Position } from '../ports.ts'
import type { Channels } from './channels.ts'
import { FEED_CHANNEL, streamKey } from './keys.ts'

/** What follows a position in the stream of a partition: `change` is null for the entry that begins an epoch. */
export interface FeedEntry {
  partition: number
  position: Position
  change: string | null
}

/** Entries after these positions, in order for a partition; none when nothing came within `waitMs`. */
export type ReadEntries = (
  positions: readonly { partition: number; position: Position }[],
  waitMs: number,
  signal: AbortSignal,
) => Promise<FeedEntry[]>

/** Of one partition at a time, so that none waits long for another. */
const MAX_ENTRIES = 200

type Reply = [key: string, entries: [id: string, fields: string[]][]][] | null

/** One server has all streams: one blocking read waits for all of them. */
export function readBlocking(client: Redis): ReadEntries {
  return async (positions, waitMs) => {
    const keys = positions.map(({ partition }) => streamKey(partition))
    const ids = positions.map(({ position }) => idOf(position))
    const reply = await client.xread('COUNT', MAX_ENTRIES, 'BLOCK', waitMs, 'STREAMS', ...keys, ...ids)
    return parseReply(reply, keys, positions)
  }
}

/**
 * A cluster has a server for each part of them, and none that waits for several: so a connection of its own hears of
 * each partition that has something new, and that one is read.
 */
export function readWhenTold(client: Cluster, channels: Channels): ReadEntries {
  const partitions = new Set<number>()
  let wake = new AbortController()
  channels.subscribe(FEED_CHANNEL, (partition) => {
    partitions.add(Number(partition))
    wake.abort()
  })
  return async (positions, waitMs, signal) => {
    if (partitions.size === 0) {
      wake = new AbortController()
      await delay(waitMs, undefined, { signal: AbortSignal.any([signal, wake.signal]) }).catch(
        () => undefined,
      )
    }
    // What nobody told of is read all the same, after each wait in vain: a message may be lost.
    const asked =
      partitions.size === 0 ? positions : positions.filter(({ partition }) => partitions.has(partition))
    partitions.clear()
    const replies = await Promise.all(
      asked.map(async (one) => {
        const key = streamKey(one.partition)
        const reply = await client.xread('COUNT', MAX_ENTRIES, 'STREAMS', key, idOf(one.position))
        const entries = parseReply(reply, [key], [one])
        if (entries.length === MAX_ENTRIES) partitions.add(one.partition)
        return entries
      }),
    )
    return replies.flat()
  }
}

function parseReply(
  reply: Reply,
  keys: readonly string[],
  positions: readonly { partition: number }[],
): FeedEntry[] {
  const partitions = new Map(keys.map((key, i) => [key, positions[i]?.partition ?? 0]))
  return (reply ?? []).flatMap(([key, entries]) =>
    entries.map(([id, fields]) => ({
      partition: partitions.get(key) ?? 0,
      position: parseId(id),
      change: fields[0] === 'c' ? (fields[1] ?? null) : null,
    })),
  )
}

/** `<epoch>-<n>` */
export function parseId(id: string): Position {
  const dash = id.indexOf('-')
  return { epoch: id.slice(0, dash), n: Number(id.slice(dash + 1)) }
}

function idOf({ epoch, n }: Position): string {
  return `${epoch}-${n}`
}
