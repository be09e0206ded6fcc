import type { IHeaders, Kafka } from 'kafkajs'
import { expect } from 'vitest'
import { eventually } from './eventually.ts'

export interface ReadMessage {
  key: string
  value: string
  headers: Record<string, string>
}

/** Everything that a topic has now, each partition in its order. */
export async function readTopic(kafka: Kafka, topic: string): Promise<ReadMessage[]> {
  const admin = kafka.admin()
  await admin.connect()
  const ends = await admin.fetchTopicOffsets(topic)
  await admin.disconnect()
  const wanted = ends.reduce((sum, { high, low }) => sum + Number(high) - Number(low), 0)
  const read: ReadMessage[] = []
  const consumer = kafka.consumer({ groupId: `reader-${topic}-${Date.now()}` })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ message: { key, value, headers } }) => {
      read.push({ key: key?.toString() ?? '', value: value?.toString() ?? '', headers: texts(headers) })
    },
  })
  await eventually(async () => expect(read.length).toBeGreaterThanOrEqual(wanted), 30_000)
  await consumer.disconnect()
  return read
}

/**
 * The version that messages of the topic of changes have told of a profile, each beginning where the one before ended
 * or telling what was told before; throws at the first that leaves one out.
 */
export function toldVersion(told: readonly ReadMessage[], id: string): number {
  let version = 0
  for (const { value } of told.filter((message) => message.key === id)) {
    const change = JSON.parse(value) as { from: number; version: number }
    if (change.version <= version) continue
    expect(change.from, `${id} after ${version}`).toBeLessThanOrEqual(version + 1)
    version = change.version
  }
  return version
}

function texts(headers: IHeaders | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(headers ?? {}).map(([name, value]) => [name, String(value)]))
}
