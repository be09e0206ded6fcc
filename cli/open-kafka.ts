import { Counter, Gauge, type Metric } from 'prom-client'
import { createPublishChanges } from '../destinations/kafka/publish-changes.ts'
import type { Accept } from '../ingest/accept.ts'
import { createRecordSource } from '../ingest/sources/kafka/record-source.ts'
import { createTakeRecords } from '../ingest/sources/kafka/take-records.ts'
import { createTopicPark } from '../ingest/sources/kafka/topic-park.ts'
import type { Config } from '../platform/config/config.ts'
import { connectKafka } from '../platform/kafka/connect-kafka.ts'
import { createTopicWriter } from '../platform/kafka/topic-writer.ts'
import type { Log } from '../platform/log.ts'
import { ResourceStack } from '../platform/resource-stack.ts'
import { systemSleep } from '../platform/sleep.ts'
import type { ProfileStore } from '../storage/ports.ts'

export interface KafkaDoorsOptions {
  config: Pick<Config, 'kafkaUrl' | 'kafkaTopics' | 'kafkaGroup' | 'kafkaParkedTopic' | 'kafkaChangesTopic'>
  /** Null where no events are taken. */
  accept: Accept | null
  /** Null where no changes are published. */
  profiles: ProfileStore | null
  log: Log
}

export interface KafkaDoors extends AsyncDisposable {
  readonly metrics: readonly Metric[]
}

/** What the configuration says of Kafka: topics that events come from, and the one that changes go to. Brokers may be away. */
export async function openKafka({ config, accept, profiles, log }: KafkaDoorsOptions): Promise<KafkaDoors> {
  const { kafkaUrl, kafkaTopics, kafkaGroup, kafkaParkedTopic, kafkaChangesTopic } = config
  await using opening = new ResourceStack()
  const metrics: Metric[] = []
  if (kafkaUrl !== null && accept && kafkaTopics.length > 0) {
    const kafka = connectKafka(kafkaUrl, log)
    const parked = opening.use(createTopicWriter({ kafka, topic: kafkaParkedTopic, log }))
    const { records, lag } = sourceMetrics()
    metrics.push(records, lag)
    opening.use(
      createRecordSource({
        kafka,
        topics: kafkaTopics,
        group: kafkaGroup,
        take: createTakeRecords({
          accept,
          park: createTopicPark(parked),
          sleep: systemSleep,
          log,
          onTaken: (topic, outcome) => records.labels(topic, outcome).inc(),
        }),
        sleep: systemSleep,
        log,
        onLag: (topic, partition, behind) => lag.labels(topic, String(partition)).set(behind),
        onAssigned: () => lag.reset(),
      }),
    )
  }
  if (kafkaUrl !== null && profiles && kafkaChangesTopic !== null) {
    const writer = opening.use(
      createTopicWriter({ kafka: connectKafka(kafkaUrl, log), topic: kafkaChangesTopic, log }),
    )
    const published = new Counter({
      name: 'monogram_kafka_changes_total',
      help: 'Changes of profiles that the topic of changes has.',
      registers: [],
    })
    metrics.push(published)
    opening.use(
      createPublishChanges({
        profiles,
        writer,
        sleep: systemSleep,
        log,
        onPublished: (changes) => published.inc(changes),
      }),
    )
  }
  const opened = opening.move()
  return { metrics, [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose]() }
}

function sourceMetrics() {
  return {
    records: new Counter({
      name: 'monogram_kafka_records_total',
      help: 'Records that were taken from topics, by what became of them.',
      labelNames: ['topic', 'outcome'],
      registers: [],
    }),
    lag: new Gauge({
      name: 'monogram_kafka_lag_records',
      help: 'Records of a partition behind the last one that was fetched.',
      labelNames: ['topic', 'partition'],
      registers: [],
    }),
  }
}
