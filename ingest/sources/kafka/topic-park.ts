import type { TopicWriter } from '../../../platform/kafka/topic-writer.ts'
import type { RecordPark } from './ports.ts'

/**
 * A topic for records that cannot be taken: key and value as they were, the headers say whence and why. Produced to
 * their own topic again once they are mended, they are taken like any other.
 */
export function createTopicPark(writer: TopicWriter): RecordPark {
  return {
    park: (records) =>
      writer.write(
        records.map(({ topic, partition, record, code, reason }) => ({
          key: record.key,
          value: record.value,
          headers: {
            'monogram-topic': topic,
            'monogram-partition': String(partition),
            'monogram-offset': record.offset,
            'monogram-code': code,
            'monogram-reason': reason,
          },
        })),
      ),
  }
}
