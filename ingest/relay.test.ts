import { describe, expect, test } from 'vitest'
import { createMemoryFeed } from '../stream/memory/feed.ts'
import type { ChangeFeed } from '../stream/ports.ts'
import { aProfile } from '../storage/contract/documents.ts'
import { createMemoryStores, openMemoryStorage } from '../tests/support/memory-storage.ts'
import { createRelay } from './relay.ts'

const change = (version: number) => ({ from: version, version, changed: ['traits'], at: version })

async function setUp(secondLookMs: number) {
  let now = 0
  const { profiles, products } = openMemoryStorage({ stores: createMemoryStores() })
  const memory = createMemoryFeed()
  const told: string[] = []
  const feed: ChangeFeed = {
    ...memory,
    secondLookMs,
    async append(changes) {
      told.push(...changes.map(({ id, version }) => `${id}${version}`))
      return memory.append(changes)
    },
  }
  const write = (id: string, versions: readonly number[], rev = 1): Promise<boolean[]> =>
    profiles.put([{ profile: aProfile(id, rev, { outbox: versions.map(change) }), terms: [] }])
  const outboxes = async (): Promise<string[]> =>
    (await profiles.findOutbox(null, 1_000)).map(
      ({ id, outbox }) => `${id}${outbox.map((one) => one.version).join()}`,
    )
  const relay = createRelay({ profiles, products, feed, clock: () => now })
  const hand = (id: string, versions: readonly number[]): void =>
    relay.written.Profile.put([[id, { id, outbox: versions.map(change) }]])
  return { relay, feed, memory, told, write, hand, outboxes, pass: (ms: number) => (now += ms) }
}

describe('the relay', () => {
  test('trims at once when nothing that was appended can be lost unnoticed', async () => {
    const { relay, told, write, outboxes } = await setUp(0)
    await write('a', [1, 2])
    expect(await relay.carryFound(10)).toBe(2)
    expect(told).toEqual(['a1', 'a2'])
    expect(await outboxes()).toEqual([])
  })

  test('trims after a second look, and carries meanwhile what is new, and that alone', async () => {
    const { relay, told, write, hand, outboxes, pass } = await setUp(3_000)
    await write('a', [1])
    await relay.carryFound(10)
    await write('a', [1, 2], 2)
    hand('a', [1, 2])
    for (const id of ['b', 'c', 'd']) {
      await write(id, [1])
      hand(id, [1])
    }
    pass(2_999)
    for (let i = 0; i < 5; i++) await relay.carryWritten(1)
    expect(told).toEqual(['a1', 'a2', 'b1', 'c1', 'd1'])
    expect(await outboxes()).toEqual(['a1,2', 'b1', 'c1', 'd1'])
    pass(1)
    await relay.carryFound(10)
    expect(await outboxes()).toEqual(['a2', 'b1', 'c1', 'd1'])
    pass(3_000)
    expect(await relay.carryFound(10)).toBe(0)
    expect(await outboxes()).toEqual([])
    expect(told).toHaveLength(5)
  })

  test('carries again what another epoch has lost', async () => {
    const { relay, memory, told, write, outboxes, pass } = await setUp(3_000)
    await write('a', [1])
    await relay.carryFound(10)
    memory.reset()
    pass(3_000)
    await relay.carryFound(10)
    expect(told).toEqual(['a1', 'a1'])
    expect(await outboxes()).toEqual(['a1'])
    pass(3_000)
    await relay.carryFound(10)
    expect(await outboxes()).toEqual([])
  })

  test('keeps what is not known to be in the feed', async () => {
    const { relay, memory, told, write, outboxes } = await setUp(0)
    await write('a', [1])
    memory.cut()
    await expect(relay.carryFound(10)).rejects.toThrow('cannot be reached')
    expect(await outboxes()).toEqual(['a1'])
    memory.mend()
    await relay.carryFound(10)
    expect(told).toEqual(['a1', 'a1'])
    expect(await outboxes()).toEqual([])
  })

  test('carries what was just written without looking for it', async () => {
    const { relay, told, write, hand, outboxes } = await setUp(0)
    await write('a', [1])
    await write('b', [1])
    hand('b', [1])
    expect(await relay.carryWritten(10)).toBe(1)
    expect(await relay.carryWritten(10)).toBe(0)
    expect(told).toEqual(['b1'])
    expect(await outboxes()).toEqual(['a1'])
  })

  test('keeps what was written while the feed cannot be reached', async () => {
    const { relay, memory, told, write, hand, outboxes } = await setUp(0)
    await write('a', [1])
    hand('a', [1])
    memory.cut()
    await expect(relay.carryWritten(10)).rejects.toThrow('cannot be reached')
    memory.mend()
    expect(await relay.carryWritten(10)).toBe(1)
    expect(told).toEqual(['a1', 'a1'])
    expect(await outboxes()).toEqual([])
  })

  test('what waits for the second look of another relay is carried when that one should have trimmed it', async () => {
    const { relay, told, write, pass } = await setUp(3_000)
    await write('a', [1])
    pass(3_999)
    expect(await relay.carryFound(10)).toBe(0)
    pass(2)
    expect(await relay.carryFound(10)).toBe(1)
    expect(told).toEqual(['a1'])
  })

  test('what is written again and again by who carries nothing is told all the same, and at once when somebody says so', async () => {
    const { relay, told, write, pass } = await setUp(3_000)
    pass(10_000)
    await write('a', [1, 9_999])
    expect(await relay.carryFound(10)).toBe(2)
    await write('b', [9_999])
    expect(await relay.carryFound(10)).toBe(0)
    expect(await relay.carryFound(10, { isAll: true })).toBe(1)
    expect(told).toEqual(['a1', 'a9999', 'b9999'])
  })

  test('what a part of the feed did not take is handed over still, and is not counted', async () => {
    const { relay, feed, write, hand, outboxes } = await setUp(0)
    for (const id of ['a', 'b']) {
      await write(id, [1])
      hand(id, [1])
    }
    const append = feed.append.bind(feed)
    feed.append = async (changes) => (await append(changes)).map((each, i) => (i === 0 ? null : each))
    expect(await relay.carryWritten(10)).toBe(1)
    expect(await outboxes()).toEqual(['a1'])
    feed.append = append
    expect(await relay.carryWritten(10)).toBe(1)
    expect(await outboxes()).toEqual([])
  })
})
