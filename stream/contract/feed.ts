import { describe, expect, test } from 'vitest'
import type { Change, ChangeFeed, FeedMessage, FeedSubscription, LiveFeedMessage } from '../ports.ts'
import type { OpenStream } from '../contract.ts'

export function describeFeedContract(open: OpenStream): void {
  describe('the change feed', () => {
    test('a subscriber sees what is appended after it subscribed, in order, and only its entity', async () => {
      await using opened = await open()
      const { feed } = opened.stream
      await using _attached = await attach(feed)
      const earlier = subscribe(feed, { entity: 'Profile', id: 'p' })
      await feed.append([aChange('p', 1)])
      await take(earlier, 1)
      const mine = subscribe(feed, { entity: 'Profile', id: 'p' })
      const all = subscribe(feed, { entity: 'Profile' })
      await feed.append([
        aChange('q', 1),
        aChange('p', 2),
        aChange('p', 9, { entity: 'Product' }),
        aChange('p', 3),
      ])
      expect(await take(mine, 2)).toEqual(['p2', 'p3'])
      // In order for an entity: two of them may be in two partitions.
      const told = await take(all, 3)
      expect(told.toSorted()).toEqual(['p2', 'p3', 'q1'])
      expect(told.indexOf('p2')).toBeLessThan(told.indexOf('p3'))
    })

    test('positions rise by one in a partition, in the epoch that appending answers', async () => {
      await using opened = await open()
      const { feed } = opened.stream
      await using _attached = await attach(feed)
      const messages = subscribe(feed, {})
      const partition = feed.partitionOf('Profile', 'p')
      const appended = await feed.append([1, 2, 3].map((version) => aChange('p', version)))
      const told = await takeMessages(messages, 3)
      const first = told[0]?.position
      expect(told).toMatchObject(
        [0, 1, 2].map((i) => ({
          partition,
          position: { epoch: first?.epoch, n: (first?.n ?? 0) + i },
        })),
      )
      expect(appended).toEqual([1, 2, 3].map(() => ({ partition, epoch: first?.epoch })))
      expect(await feed.stillHeld(appended.filter((one) => one !== null))).toEqual([true, true, true])
    })

    test('what is appended again is told once', async () => {
      await using opened = await open()
      const { feed } = opened.stream
      await using _attached = await attach(feed)
      const messages = subscribe(feed, { entity: 'Profile' })
      const again = [aChange('p', 1), aChange('p', 2)]
      await feed.append(again)
      const second = await feed.append(again)
      await feed.append([aChange('p', 3)])
      expect(await take(messages, 3)).toEqual(['p1', 'p2', 'p3'])
      expect(second.every((one) => one !== null)).toBe(true)
    })

    test('a subscriber that falls behind its bound is told of a gap, then goes on', async () => {
      await using opened = await open()
      const { feed } = opened.stream
      await using _attached = await attach(feed)
      const quick = subscribe(feed, { entity: 'Profile', id: 'p' })
      const slow = subscribe(feed, { entity: 'Profile', id: 'p', maxQueued: 2 })
      await feed.append([1, 2, 3].map((version) => aChange('p', version)))
      await take(quick, 3)
      await feed.append([aChange('p', 4)])
      await take(quick, 1)
      expect(await take(slow, 2)).toEqual(['gap', 'p4'])
    })

    test('what the feed loses is a gap of each partition, in a later epoch, and is not held any more', async () => {
      await using opened = await open()
      const { feed } = opened.stream
      await using _attached = await attach(feed)
      const messages = subscribe(feed, { entity: 'Profile', id: 'p' })
      const appended = await feed.append([aChange('p', 1)])
      expect(await take(messages, 1)).toEqual(['p1'])
      await opened.flush()
      const [gap] = await takeMessages(messages, 1)
      expect(gap).toMatchObject({ kind: 'gap', partition: feed.partitionOf('Profile', 'p') })
      expect(Number(gap?.position?.epoch)).toBeGreaterThan(Number(appended[0]?.epoch))
      expect(await feed.stillHeld(appended.filter((one) => one !== null))).toEqual([false])
      await feed.append([aChange('p', 1)])
      expect(await take(messages, 1)).toEqual(['p1'])
    })

    test('who asks for it is told when every partition is attached, and nobody else', async () => {
      await using opened = await open()
      const { feed } = opened.stream
      const live = feed.subscribe({ entity: 'Profile', id: 'p', maxQueued: 10, liveness: true })
      const first = await nextOfKind(live, 'attached')
      const partition = feed.partitionOf('Profile', 'p')
      expect(first).toMatchObject({ partition, position: { n: expect.any(Number) } })
      const plain = subscribe(feed, { entity: 'Profile', id: 'p' })
      await feed.append([aChange('p', 1)])
      expect(await take(plain, 1)).toEqual(['p1'])
    })

    test('a subscription ends by return, by its signal and with the feed', async () => {
      await using opened = await open()
      const { feed } = opened.stream
      const abort = new AbortController()
      const returned = feed.subscribe({ entity: 'Profile', maxQueued: 1 })
      const aborted = feed.subscribe({ entity: 'Profile', maxQueued: 1, signal: abort.signal })
      const closed = feed.subscribe({ entity: 'Profile', maxQueued: 1 })
      await returned.return?.()
      abort.abort()
      await opened.stream[Symbol.asyncDispose]()
      expect(await Promise.all([returned, aborted, closed].map(drain))).toEqual([0, 0, 0])
      await expect(feed.append([aChange('p', 1)])).rejects.toThrow('closed')
    })
  })
}

export function aChange(id: string, version: number, fields: Partial<Change> = {}): Change {
  return { entity: 'Profile', id, from: version, version, changed: ['traits'], at: 0, ...fields }
}

/** How many changes come before the end. */
async function drain(messages: AsyncIterable<FeedMessage>): Promise<number> {
  let changes = 0
  for await (const { kind } of messages) if (kind === 'change') changes++
  return changes
}

/** Resolves when the feed tells every change from here on. */
export async function attach(feed: ChangeFeed): Promise<AsyncDisposable> {
  const live = feed.subscribe({ maxQueued: 1_000, liveness: true })
  const attached = new Set<number | 'all'>()
  while (!attached.has('all') && attached.size < feed.partitions) {
    attached.add((await nextOfKind(live, 'attached')).partition)
  }
  return {
    async [Symbol.asyncDispose]() {
      await live.return?.()
    },
  }
}

export function subscribe(
  feed: ChangeFeed,
  options: Partial<FeedSubscription>,
): AsyncIterableIterator<FeedMessage> {
  return feed.subscribe({ maxQueued: 1_000, ...options })
}

export async function take(messages: AsyncIterator<FeedMessage>, count: number): Promise<string[]> {
  const taken = await takeMessages(messages, count)
  return taken.map((one) => (one.kind === 'gap' ? 'gap' : `${one.change.id}${one.change.version}`))
}

async function takeMessages(messages: AsyncIterator<FeedMessage>, count: number): Promise<FeedMessage[]> {
  const taken: FeedMessage[] = []
  while (taken.length < count) {
    const { value, done } = await messages.next()
    if (done) break
    taken.push(value)
  }
  return taken
}

async function nextOfKind<Kind extends LiveFeedMessage['kind']>(
  messages: AsyncIterator<LiveFeedMessage>,
  kind: Kind,
): Promise<Extract<LiveFeedMessage, { kind: Kind }>> {
  for (;;) {
    const { value, done } = await messages.next()
    if (done) throw new Error(`the subscription ended before a message "${kind}"`)
    if (value.kind === kind) return value as Extract<LiveFeedMessage, { kind: Kind }>
  }
}
