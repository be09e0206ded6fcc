import type { Config } from '../../platform/config/config.ts'
import { connectKafka } from '../../platform/kafka/connect-kafka.ts'
import { silentLog } from '../../platform/log.ts'
import type { DeploymentCheck } from './doctor-deployment.ts'

/** Whether brokers answer, and have the topics that events are read from; those that are written are made when missing. */
export async function checkKafka({ kafkaUrl, kafkaTopics }: Config): Promise<DeploymentCheck[]> {
  const name = 'Kafka'
  if (kafkaUrl === null) return []
  const admin = connectKafka(kafkaUrl, silentLog()).admin({ retry: { retries: 1 } })
  try {
    await admin.connect()
    const present = await admin.listTopics()
    const missing = kafkaTopics.filter((topic) => !present.includes(topic))
    if (missing.length === 0) return [{ name, ok: true, found: 'answers' }]
    const found = `answers, but has no topic ${missing.join(', ')}, or this user may not see it`
    return [{ name, ok: false, found }]
  } catch (error) {
    return [{ name, ok: false, found: error instanceof Error ? error.message : String(error) }]
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}
