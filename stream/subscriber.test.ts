import { describe, expect, test } from 'vitest'
import type { Change, LiveFeedMessage } from './ports.ts'
import { Subscriber } from './subscriber.ts'

const position = { epoch: '1', n: 1 }
const change: Change = { entity: 'Profile', id: 'p', from: 1, version: 1, changed: [], at: 0 }
const told: LiveFeedMessage = { kind: 'change', change, partition: 3, position }

async function kinds(subscriber: Subscriber): Promise<string[]> {
  subscriber.end()
  const seen: string[] = []
  for await (const message of subscriber) seen.push(message.kind)
  return seen
}

describe('what waits for a subscriber', () => {
  test('is one gap when it is too much, but that a partition is attached and the feed is lost stays', async () => {
    const subscriber = new Subscriber({ maxQueued: 2, liveness: true, partition: null }, () => undefined)
    subscriber.pushLiveness({ kind: 'attached', partition: 3, position })
    subscriber.pushLiveness({ kind: 'lost' })
    for (let i = 0; i < 3; i++) subscriber.push(told)
    expect(await kinds(subscriber)).toEqual(['attached', 'gap', 'lost'])
  })

  test('tells only the last of lost and back, and nothing of it to who did not ask', async () => {
    const options = { maxQueued: 2, partition: 3 }
    const asked = new Subscriber({ ...options, liveness: true }, () => undefined)
    const other = new Subscriber(options, () => undefined)
    for (const subscriber of [asked, other]) {
      subscriber.push(told)
      subscriber.pushLiveness({ kind: 'lost' })
      subscriber.pushLiveness({ kind: 'back' })
    }
    expect(await kinds(asked)).toEqual(['change', 'back'])
    expect(await kinds(other)).toEqual(['change'])
  })
})
