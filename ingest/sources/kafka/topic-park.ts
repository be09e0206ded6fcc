import type { TopicWriter } from '../../../platform/kafka/topic-writer.ts'
import type { ParkedRecord, RecordPark } from './ports.ts'

/** Of a key and of a value: far more than an event has, and little enough together for a topic with the brokers' defaults. */
const MAX_PARKED_BYTES = 400 * 1024
const MAX_REASON_CHARS = 1_000

/**
 * A topic for records that cannot be taken: key and value as they were, the headers say whence and why. Produced to
 * their own topic again once they are mended, they are taken like any other. What is larger than the topic may take is left
 * out, and said to be: it lies where it came from, and would else hold up those behind it for ever.
 */
export function createTopicPark(writer: TopicWriter): RecordPark {
  return { park: (records) => writer.write(records.map(messageOf)) }
}

function messageOf({ topic, partition, record, code, reason }: ParkedRecord) {
  const [key, value] = [record.key, record.value].map((part) =>
    sizeOf(part) > MAX_PARKED_BYTES ? null : part,
  )
  const leftOut = sizeOf(record.key) + sizeOf(record.value) - sizeOf(key) - sizeOf(value)
  return {
    key: key ?? null,
    value: value ?? null,
    headers: {
      'monogram-topic': topic,
      'monogram-partition': String(partition),
      'monogram-offset': record.offset,
      'monogram-code': code,
      'monogram-reason': reason.slice(0, MAX_REASON_CHARS),
      ...(leftOut > 0 && { 'monogram-left-out-bytes': String(leftOut) }),
    },
  }
}

function sizeOf(part: Buffer | null | undefined): number {
  return part?.length ?? 0
}
