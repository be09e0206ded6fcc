import { Kafka, logLevel, type LogEntry } from 'kafkajs'
import type { Log } from '../log.ts'
import { createSaidRarely } from '../said-rarely.ts'
import type { KafkaAddress } from './parse-kafka-url.ts'
import { watchedSockets } from './watched-socket.ts'

/** Opens no connection yet: consumers, producers and admins made of it do. */
export function connectKafka({ brokers, tls, sasl }: KafkaAddress, log: Log): Kafka {
  return new Kafka({
    clientId: 'monogram',
    brokers,
    ssl: tls,
    ...(sasl === null ? {} : { sasl: { ...sasl, mechanism: sasl.mechanism } as never }),
    connectionTimeout: 2_000,
    socketFactory: watchedSockets(),
    requestTimeout: 5_000,
    retry: { retries: 10, initialRetryTime: 100, maxRetryTime: 500 },
    logLevel: logLevel.WARN,
    logCreator: () => createTell(log),
  })
}

/** The client says the same at each try, several times a second while brokers are away. */
const SAY_AGAIN_MS = 30_000

/** What the client calls an error it mostly overcomes by itself; what it cannot, rejects a promise of ours. */
function createTell(log: Log): (entry: LogEntry) => void {
  const isToBeTold = createSaidRarely({ everyMs: SAY_AGAIN_MS })
  return ({ namespace, log: { message, error, topic, groupId } }) => {
    const told = isToBeTold(`${namespace} ${message} ${String(error)}`)
    if (!told) return
    log.warn(
      {
        kafka: namespace,
        reason: error as unknown,
        topic: topic as unknown,
        groupId: groupId as unknown,
        ...told,
      },
      message,
    )
  }
}
