import { expect, test } from 'vitest'
import type { TopicMessage, TopicWriter } from '../../../platform/kafka/topic-writer.ts'
import { createTopicPark } from './topic-park.ts'

const at = { topic: 'shop', partition: 2, code: 'EVENT_TOO_LARGE', reason: 'too large' }
const record = (bytes: number) => ({
  offset: '7',
  timestamp: 0,
  key: Buffer.from('ada'),
  value: Buffer.alloc(bytes, 'x'),
})

test('a record is parked as it was; one that is too large for the topic as what says where it lies', async () => {
  const written: TopicMessage[] = []
  const writer: TopicWriter = {
    write: async (messages) => void written.push(...messages),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }
  const small = record(100)
  await createTopicPark(writer).park([
    { ...at, record: small },
    { ...at, record: record(3_000_000) },
  ])
  expect(written).toMatchObject([
    {
      key: small.key,
      value: small.value,
      headers: { 'monogram-offset': '7', 'monogram-code': 'EVENT_TOO_LARGE' },
    },
    {
      key: small.key,
      value: null,
      headers: { 'monogram-topic': 'shop', 'monogram-left-out-bytes': '3000000' },
    },
  ])
  expect(Object.keys(written[0]?.headers ?? {})).not.toContain('monogram-left-out-bytes')
})
