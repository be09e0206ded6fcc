import { expect, test } from 'vitest'
import { inRequests, type TopicMessage } from './topic-writer.ts'

const message = (bytes: number, n: number): TopicMessage => ({
  key: String(n),
  value: Buffer.alloc(bytes),
  headers: { why: 'x' },
})

test('messages go in requests that a broker takes, in their order, each once', () => {
  const sizes = [10, 300_000, 300_000, 100, 600_000, 1, 200_000, 200_000, 200_000]
  const messages = sizes.map(message)
  const requests = inRequests(messages)
  expect(requests.flat()).toEqual(messages)
  expect(requests.map((some) => some.map(({ key }) => key))).toEqual([
    ['0', '1'],
    ['2', '3'],
    ['4'],
    ['5', '6', '7'],
    ['8'],
  ])
  expect(inRequests([])).toEqual([])
})
