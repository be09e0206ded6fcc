import { once } from 'node:events'
import type { Consumer, EachBatchPayload, Kafka } from 'kafkajs'
import type { Log } from '../../../platform/log.ts'
import { createSaidRarely } from '../../../platform/said-rarely.ts'
import type { Sleep } from '../../../platform/sleep.ts'
import type { RecordBatch } from './ports.ts'
import type { TakeRecords } from './take-records.ts'

export interface RecordSourceOptions {
  kafka: Kafka
  topics: readonly string[]
  group: string
  take: TakeRecords
  sleep: Sleep
  log: Log
  /** How many records of a partition lie behind the last that was fetched. */
  onLag?: (topic: string, partition: number, records: number) => void
  /** Partitions are given out anew, or none can be read: what was said of their lag holds no longer. */
  onAssigned?: () => void
}

/** For so long the partitions of a process that died stay without a reader; brokers refuse less, unless they are told to. */
const SESSION_TIMEOUT_MS = 6_000
/** For so long a group waits for members that are told to join again: also for one that is gone, whose session still runs. */
const REBALANCE_TIMEOUT_MS = 3_000
const HEARTBEAT_EVERY_MS = 1_000
/** A broker answers a fetch after so long, also when nothing has come; members hear then that they are to join again. */
const FETCH_WAIT_MS = 500
const RESTART_AFTER_MS = 500
/** For topics that are not there. */
const LOOK_AGAIN_MS = 5_000
const LOOK_RETRIES = 1
const SAY_AGAIN_MS = 30_000
/**
 * At half a second each at most: more than a session lasts. A client that gives up sooner comes again as another member,
 * while the group waits for the one that it was.
 */
const RETRIES = 20
/** Partitions that are taken side by side; each of them stays in its order. */
const PARTITIONS_AT_ONCE = 4

/**
 * Reads topics as a member of a consumer group, a new group from the oldest record on, until it is disposed of. What
 * the client cannot overcome by itself (brokers away) is tried again with a new client. A topic that is not there is
 * looked for every few seconds, while the others are read.
 */
export function createRecordSource(options: RecordSourceOptions): AsyncDisposable {
  const { kafka, topics, group, take, sleep, log, onLag, onAssigned } = options
  const isToBeTold = createSaidRarely({ everyMs: SAY_AGAIN_MS })
  const stopping = new AbortController()
  const running = runUntilStopped()

  return {
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await running
    },
  }

  async function runUntilStopped(): Promise<void> {
    while (!stopping.signal.aborted) {
      const consumer = kafka.consumer({
        groupId: group,
        sessionTimeout: SESSION_TIMEOUT_MS,
        rebalanceTimeout: REBALANCE_TIMEOUT_MS,
        heartbeatInterval: HEARTBEAT_EVERY_MS,
        maxWaitTimeInMs: FETCH_WAIT_MS,
        allowAutoTopicCreation: false,
        retry: { retries: RETRIES },
      })
      try {
        await runOnce(consumer)
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error)
        const told = isToBeTold(reason)
        if (told)
          log.error({ reason, topics, group, ...told }, 'the topics cannot be read; this is tried again')
      }
      onAssigned?.()
      await consumer
        .disconnect()
        .catch((error: unknown) => log.warn({ err: error }, 'a consumer did not leave its group'))
      await sleep(stopping.signal.aborted ? 0 : RESTART_AFTER_MS, stopping.signal)
    }
  }

  /** Resolves when it is to stop, or topics that were missing are there; rejects when the client has given up. */
  async function runOnce(consumer: Consumer): Promise<void> {
    const present = await presentTopics()
    const missing = topics.filter((topic) => !present.includes(topic))
    const told = missing.length > 0 && isToBeTold(`missing ${missing.join()}`)
    if (told)
      log.error({ missing, group }, 'topics are not there, or may not be read; they are read once they are')
    if (present.length === 0) return sleep(LOOK_AGAIN_MS, stopping.signal)
    await consumer.connect()
    await consumer.subscribe({ topics: present, fromBeginning: true })
    const crashed = new Promise<never>((_, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => {
        if (!payload.restart) reject(payload.error)
      })
    })
    crashed.catch(() => undefined)
    consumer.on(consumer.events.GROUP_JOIN, () => onAssigned?.())
    const over = new AbortController()
    try {
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: PARTITIONS_AT_ONCE,
        eachBatch: async (payload) => {
          onLag?.(payload.batch.topic, payload.batch.partition, Number(payload.batch.offsetLag()))
          await take(batchOf(payload))
        },
      })
      const signal = AbortSignal.any([stopping.signal, over.signal])
      await Promise.race([crashed, untilOneIsThere(missing, signal)])
    } finally {
      over.abort()
    }
  }

  /** Of those that are to be read: one that is missing would keep the others from being read. */
  async function presentTopics(): Promise<string[]> {
    const admin = kafka.admin({ retry: { retries: LOOK_RETRIES } })
    try {
      await admin.connect()
      const all = await admin.listTopics()
      return topics.filter((topic) => all.includes(topic))
    } finally {
      await admin.disconnect()
    }
  }

  /** Resolves as well when it is aborted. Whatever goes wrong with looking, the reading itself meets it too. */
  async function untilOneIsThere(missing: readonly string[], signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (missing.length === 0) return void (await once(signal, 'abort'))
      await sleep(LOOK_AGAIN_MS, signal)
      const present = await presentTopics().catch(() => [])
      if (present.some((topic) => missing.includes(topic))) return
    }
  }

  function batchOf(payload: EachBatchPayload): RecordBatch {
    const { batch } = payload
    return {
      topic: batch.topic,
      partition: batch.partition,
      records: batch.messages.map(({ offset, timestamp, key, value }) => ({
        offset,
        timestamp: Number(timestamp),
        key,
        value,
      })),
      isCurrent: () => payload.isRunning() && !payload.isStale() && !stopping.signal.aborted,
      keepAlive: () => payload.heartbeat(),
      async done(offset) {
        payload.resolveOffset(offset)
        await payload.commitOffsetsIfNecessary(payload.uncommittedOffsets())
        await payload.heartbeat()
      },
    }
  }
}
