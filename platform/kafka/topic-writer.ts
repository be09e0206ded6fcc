import type { Kafka, Message, Producer } from 'kafkajs'
import type { Log } from '../log.ts'

export interface TopicWriter extends AsyncDisposable {
  /**
   * Resolves when all in-sync replicas have the messages, in their order for each key. Rejects when it is unknown
   * whether they have: written again, some may be there twice. One call at a time.
   */
  write(messages: readonly TopicMessage[]): Promise<void>
}

/** For so long a broker waits for in-sync replicas. */
const PRODUCE_TIMEOUT_MS = 1_500

export type TopicMessage = Pick<Message, 'key' | 'value' | 'headers'>

/**
 * Writes to one topic, which is created with the brokers' defaults when it is missing. After a failure it begins anew
 * with another producer: the old one's sequence of messages may have a hole that brokers would refuse for ever.
 */
export function createTopicWriter({
  kafka,
  topic,
  log,
}: {
  kafka: Kafka
  topic: string
  log: Log
}): TopicWriter {
  let producer: Producer | null = null

  return {
    async write(messages) {
      if (messages.length === 0) return
      try {
        producer ??= await open()
        for (const some of inRequests(messages)) {
          await producer.send({ topic, messages: some, acks: -1, timeout: PRODUCE_TIMEOUT_MS })
        }
      } catch (error) {
        await close()
        throw error
      }
    },
    [Symbol.asyncDispose]: close,
  }

  async function open(): Promise<Producer> {
    await requireTopic(kafka, topic)
    const opened = kafka.producer({ idempotent: true, maxInFlightRequests: 1, allowAutoTopicCreation: false })
    await opened.connect()
    return opened
  }

  async function close(): Promise<void> {
    const closing = producer
    producer = null
    await closing
      ?.disconnect()
      .catch((error: unknown) => log.warn({ err: error, topic }, 'a producer did not close'))
  }
}

/**
 * In their order, with at most MAX_REQUEST_BYTES together, or one that is larger alone: a broker takes what comes for a
 * partition as one, and refuses all of it when it is larger than the topic's `max.message.bytes`, 1 MiB by default.
 */
export function inRequests(messages: readonly TopicMessage[]): TopicMessage[][] {
  const requests: TopicMessage[][] = []
  let room = 0
  for (const message of messages) {
    const bytes = bytesOf(message)
    const last = requests.at(-1)
    if (last && bytes <= room) {
      last.push(message)
      room -= bytes
    } else {
      requests.push([message])
      room = MAX_REQUEST_BYTES - bytes
    }
  }
  return requests
}

const MAX_REQUEST_BYTES = 512 * 1024
/** Of what stands around a message's own parts, at most. */
const FRAME_BYTES = 64

function bytesOf({ key, value, headers = {} }: TopicMessage): number {
  const parts = [key, value, ...Object.entries(headers).flat(2)]
  return parts.reduce<number>((sum, part) => sum + (part ? Buffer.byteLength(part) : 0), FRAME_BYTES)
}

async function requireTopic(kafka: Kafka, topic: string): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const topics = await admin.listTopics()
    if (!topics.includes(topic)) await admin.createTopics({ topics: [{ topic }], waitForLeaders: true })
  } finally {
    await admin.disconnect()
  }
}
