import { expect, test, describe } from 'vitest'
import type { Change, ChangeFeed } from './ports.ts'

/** What every change feed promises; run on each adapter. */
export function describeFeedContract(name: string, open: () => Promise<ChangeFeed>): void {
  describe(`${name} keeps the contract of a change feed`, () => {
    test('a subscriber sees what is appended after it subscribed, in order, and only its entity', async () => {
      await using feed = await open()
      await feed.append([profile('p', 1)])
      const mine = feed.subscribe({ entity: 'Profile', id: 'p', maxQueued: 10 })
      const all = feed.subscribe({ entity: 'Profile', maxQueued: 10 })
      await feed.append([
        profile('q', 1),
        profile('p', 2),
        { ...profile('p', 9), entity: 'Product' },
        profile('p', 3),
      ])
      expect(await take(mine, 2)).toEqual(['p2', 'p3'])
      expect(await take(all, 3)).toEqual(['q1', 'p2', 'p3'])
    })

    test('a subscriber that falls behind its bound is told of a gap, then goes on', async () => {
      await using feed = await open()
      const slow = feed.subscribe({ entity: 'Profile', id: 'p', maxQueued: 2 })
      await feed.append([1, 2, 3].map((version) => profile('p', version)))
      await feed.append([profile('p', 4)])
      expect(await take(slow, 2)).toEqual(['gap', 'p4'])
    })

    test('a subscription ends by return, by its signal and with the feed', async () => {
      const feed = await open()
      const abort = new AbortController()
      const returned = feed.subscribe({ entity: 'Profile', maxQueued: 1 })
      const aborted = feed.subscribe({ entity: 'Profile', maxQueued: 1, signal: abort.signal })
      const closed = feed.subscribe({ entity: 'Profile', maxQueued: 1 })
      const waiting = [aborted.next(), closed.next()]
      await returned.return?.()
      abort.abort()
      await feed[Symbol.asyncDispose]()
      expect(await Promise.all([returned.next(), ...waiting])).toEqual(
        Array.from({ length: 3 }, () => ({ done: true, value: undefined })),
      )
      await expect(feed.append([profile('p', 1)])).rejects.toThrow('closed')
    })
  })
}

function profile(id: string, version: number): Change {
  return { entity: 'Profile', id, from: version, version, changed: ['traits'], at: 0 }
}

async function take(messages: ReturnType<ChangeFeed['subscribe']>, count: number): Promise<string[]> {
  const taken: string[] = []
  while (taken.length < count) {
    const { value, done } = await messages.next()
    if (done) break
    taken.push(value.kind === 'gap' ? 'gap' : `${value.change.id}${value.change.version}`)
  }
  return taken
}
