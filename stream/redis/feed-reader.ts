import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../../platform/log.ts'
import type { Change, Position } from '../ports.ts'
import type { Subscribers } from '../subscribers.ts'
import { connected, type RedisClient } from './client.ts'
import { look, type PartitionEnd } from './look.ts'
import type { FeedEntry, ReadEntries } from './read-entries.ts'

export interface FeedReaderOptions {
  /** Used by nobody else: it is blocked most of the time. */
  client: RedisClient
  readEntries: ReadEntries
  partitions: number
  subscribers: Subscribers
  log: Log
}

/** Where this process is in each partition, and what tells its subscribers of what comes. */
export interface FeedReader extends AsyncDisposable {
  readonly state: 'idle' | 'lost' | 'live'
  /** Begins, once. */
  start(): void
  /** Null before the first look. */
  positionOf(partition: number): Position | null
  /** Epoch and end are looked at again as soon as may be: somebody has met another epoch. */
  lookSoon(): void
}

const LOOK_EVERY_MS = 1_000
const WAIT_MS = 500
const MAX_BACKOFF_MS = 500

export function createFeedReader(options: FeedReaderOptions): FeedReader {
  const { client, readEntries, partitions, subscribers, log } = options
  const positions: (Position | null)[] = Array.from({ length: partitions }, () => null)
  const all = positions.map((_, partition) => partition)
  const ending = new AbortController()
  let state: FeedReader['state'] = 'idle'
  let wasLive = false
  let lookedAt = -Infinity
  let running: Promise<void> = Promise.resolve()

  async function run(): Promise<void> {
    client.on('close', () => lose('the connection is closed'))
    for (let failures = 0; !ending.signal.aborted;) {
      try {
        if (await connected(client, MAX_BACKOFF_MS)) {
          lookedAt = -Infinity
          await follow(() => (failures = 0))
        }
      } catch (error) {
        lose(error instanceof Error ? error.message : 'it cannot be read')
      }
      failures++
      await pause(Math.min(MAX_BACKOFF_MS, 10 * 2 ** Math.min(failures, 10)))
    }
  }

  /** Until it fails. What is told is in the order of each stream; a look comes at least once a second. */
  async function follow(onSuccess: () => void): Promise<void> {
    let ends: PartitionEnd[] = []
    while (!ending.signal.aborted) {
      if (performance.now() - lookedAt >= LOOK_EVERY_MS) {
        const at = performance.now()
        ends = await look(client, partitions, all, positions)
        lookedAt = at
        for (const end of ends) reconcile(end)
      }
      if (state !== 'live' && ends.every(isReached)) regain()
      onSuccess()
      const from = positions.flatMap((position, partition) => (position ? [{ partition, position }] : []))
      for (const entry of await readEntries(from, WAIT_MS, ending.signal)) takeEntry(entry)
    }
  }

  /** Compares where this process is with where the partition ends. */
  function reconcile({ partition, position, next }: PartitionEnd): void {
    const before = positions[partition] ?? null
    if (before === null) {
      positions[partition] = position
      // Those that are here already do not know what came since they subscribed.
      subscribers.gap(partition, position)
      subscribers.attached(partition, position)
      return
    }
    const isSame = position.epoch === before.epoch && position.n >= before.n
    const isWhole = position.n === before.n || next === before.n + 1
    if (!isSame || !isWhole) gap(partition, position)
  }

  function takeEntry({ partition, position, change }: FeedEntry): void {
    const before = positions[partition]
    if (!before || (position.epoch === before.epoch && position.n <= before.n)) return
    const parsed = position.epoch === before.epoch && position.n === before.n + 1 ? parseChange(change) : null
    if (parsed === null) {
      gap(partition, position)
      return
    }
    positions[partition] = position
    subscribers.change(parsed, partition, position)
  }

  /** The position is taken before anybody hears of it: what comes after it is told. */
  function gap(partition: number, position: Position): void {
    positions[partition] = position
    subscribers.gap(partition, position)
  }

  function isReached({ partition, position }: PartitionEnd): boolean {
    const at = positions[partition]
    return at?.epoch !== position.epoch || at.n >= position.n
  }

  function lose(reason: string): void {
    if (state !== 'live') return
    state = 'lost'
    if (!ending.signal.aborted) log.warn({ reason }, 'the change feed cannot be read; trying again')
    subscribers.liveness('lost')
  }

  function regain(): void {
    if (wasLive) log.info('the change feed is read again')
    wasLive = true
    state = 'live'
    subscribers.liveness('back')
  }

  async function pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: ending.signal }).catch(() => undefined)
  }

  return {
    get state() {
      return state
    },
    start() {
      if (state !== 'idle' || ending.signal.aborted) return
      state = 'lost'
      running = run()
    },
    positionOf: (partition) => positions[partition] ?? null,
    lookSoon() {
      lookedAt = -Infinity
    },
    async [Symbol.asyncDispose]() {
      ending.abort()
      client.disconnect()
      await running
    },
  }
}

function parseChange(text: string | null): Change | null {
  if (text === null) return null
  try {
    return JSON.parse(text) as Change
  } catch {
    return null
  }
}
