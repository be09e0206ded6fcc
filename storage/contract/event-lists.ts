import fc from 'fast-check'
import { expect } from 'vitest'
import type { Event } from '../../core/events/event.ts'
import type { EventStore } from '../ports.ts'
import type { ContractCase } from './case.ts'
import { aMark, anEvent, ids } from './documents.ts'

/** Reads that go through many events. */
export function eventListCases(test: ContractCase): void {
  test('counts the events of trails from one instant to before another, whatever became of them', async ({
    events,
  }) => {
    await events.append([
      ...['a', 'b', 'c', 'd'].map((key, i) => anEvent(key, { trailId: 'one', time: 10 + i })),
      anEvent('e', { trailId: 'two', time: 11 }),
    ])
    await events.mark([aMark('b'), aMark('c', { outcome: 'parked', error: 'no' })])
    const ranges = [
      { trail: 'one', from: 11, before: 13 },
      { trail: 'two', from: 0, before: 11 },
      { trail: 'one', from: 0, before: 100 },
      { trail: 'unknown', from: 0, before: 100 },
    ]
    expect(await events.countBetween(ranges)).toEqual([2, 0, 4, 0])
    expect(await events.countBetween([])).toEqual([])
  })

  test('lists the newest events of each group of trails together, by time and then key', async ({
    events,
  }) => {
    await events.append([
      anEvent('a', { trailId: 'one', time: 10 }),
      anEvent('b', { trailId: 'two', time: 30 }),
      anEvent('c', { trailId: 'one', time: 20 }),
      anEvent('d', { trailId: 'two', time: 20 }),
      anEvent('e', { trailId: 'three', time: 40 }),
    ])
    const groups = [['one', 'two'], [], ['three', 'three'], ['unknown'], ['two']]
    const list = await events.listByTrails(groups, { names: null, before: null, limit: 3 })
    expect(list.map(keysOf)).toEqual([['b', 'd', 'c'], [], ['e'], [], ['b', 'd']])
    expect(await events.countByTrails(groups, null)).toEqual([4, 0, 1, 0, 2])
  })

  test('goes on strictly before a position, through events of one instant', async ({ events }) => {
    const keys = ids('e', 10)
    await events.append(keys.map((key, i) => anEvent(key, { trailId: i % 2 ? 'one' : 'two', time: 5 })))
    const seen: string[] = []
    let before = null
    for (;;) {
      const [page] = await events.listByTrails([['one', 'two']], { names: null, before, limit: 3 })
      const last = page?.at(-1)
      if (!page || !last) break
      seen.push(...keysOf(page))
      before = { time: last.time, key: last.key }
    }
    expect(seen).toEqual(keys.toReversed())
  })

  test('lists and counts only the names of tracks, or the types, that are asked for', async ({ events }) => {
    await events.append([
      anEvent('order', { name: 'Order Completed', time: 4 }),
      anEvent('view', { name: 'Product Viewed', time: 3 }),
      anEvent('page', { type: 'page', name: 'Home', time: 2 }),
      anEvent('who', { type: 'identify', name: 'identify', time: 1 }),
    ])
    const list = async (names: string[]) => {
      const [page = []] = await events.listByTrails([['trail-1']], { names, before: null, limit: 10 })
      expect(await events.countByTrails([['trail-1']], names)).toEqual([page.length])
      return keysOf(page)
    }
    expect(await list(['Order Completed'])).toEqual(['order'])
    expect(await list(['page', 'Order Completed'])).toEqual(['order', 'page'])
    expect(await list(['track'])).toEqual(['order', 'view'])
    expect(await list(['identify', 'Žádné'])).toEqual(['who'])
    expect(await list([])).toEqual([])
  })

  test('lists what a plain sort of all events would give', async ({ events }) => {
    const key = fc.uniqueArray(fc.stringMatching(/^[a-z]{4}$/), { minLength: 1, maxLength: 30 })
    const trail = fc.constantFrom<string>('one', 'two', 'three')
    let all: Event[] = []
    const query = fc.record({
      groups: fc.array(fc.array(trail, { maxLength: 3 }), { maxLength: 4 }),
      names: fc.option(fc.subarray(['A', 'B', 'C'])),
      before: fc.option(
        fc.record({ time: fc.integer({ min: 0, max: 4 }), key: fc.stringMatching(/^[a-z]{2}$/) }),
      ),
      limit: fc.integer({ min: 1, max: 8 }),
    })
    const added = fc.array(
      fc.tuple(key, trail, fc.constantFrom('A', 'B', 'C'), fc.integer({ min: 0, max: 3 })),
      {
        maxLength: 4,
      },
    )
    await fc.assert(
      fc.asyncProperty(added, query, async (batches, { groups, names, before, limit }) => {
        const fresh = batches.flatMap(([keys, trailId, name, time]) =>
          keys.map((one) => anEvent(one, { trailId, name, time })),
        )
        const results = await events.append(fresh)
        all = [...all, ...fresh.filter((_, i) => results[i] === 'stored')]
        const wanted = groups.map((group) =>
          all
            .filter(
              (event) => group.includes(event.trailId) && (names === null || names.includes(event.name)),
            )
            .sort((a, b) => b.time - a.time || (a.key < b.key ? 1 : -1)),
        )
        const listed = await events.listByTrails(groups, { names, before, limit })
        expect(listed.map(keysOf)).toEqual(
          wanted.map((group) =>
            keysOf(
              group
                .filter(
                  ({ time, key: k }) =>
                    !before || time < before.time || (time === before.time && k < before.key),
                )
                .slice(0, limit),
            ),
          ),
        )
        expect(await events.countByTrails(groups, names)).toEqual(wanted.map((group) => group.length))
      }),
      { numRuns: 30 },
    )
  })

  test('scans every event of the names in arrival order, in pages', async ({ events }) => {
    const keys = ids('e', 25).toReversed()
    await events.append(
      keys.map((key, i) => anEvent(key, { name: i % 3 ? 'Product Viewed' : 'Order Completed', time: -i })),
    )
    expect(keysOf(await scanAll(events, null))).toEqual(keys)
    expect(keysOf(await scanAll(events, ['Order Completed']))).toEqual(keys.filter((_, i) => i % 3 === 0))
    expect(await scanAll(events, ['Nothing Like It'])).toEqual([])
    expect(await scanAll(events, [])).toEqual([])
  })

  test('a scan finds what arrives while it goes on', async ({ events }) => {
    await events.append([anEvent('a'), anEvent('b')])
    const first = await events.scan(null, null, 1)
    await events.append([anEvent('c')])
    const rest = await events.scan(null, first.next, 10)
    expect([...keysOf(first.events), ...keysOf(rest.events)]).toEqual(['a', 'b', 'c'])
    expect(rest.next).toBeNull()
  })

  test('whoever goes on from what a scan found settled misses nothing', async ({ events }) => {
    const keys = ids('e', 25)
    for (const key of keys) await events.append([anEvent(key)])
    for (const from of [null, (await events.scan(null, null, 10)).next]) {
      const { next, settled } = await events.scan(null, from, 100)
      expect(next).toBeNull()
      await events.append([anEvent(`after ${from}`)])
      const { events: met } = await events.scan(null, settled, 100)
      expect(keysOf(met).at(-1)).toBe(`after ${from}`)
    }
  })
}

function keysOf(events: readonly { key: string }[]): string[] {
  return events.map(({ key }) => key)
}

async function scanAll(events: EventStore, names: string[] | null): Promise<{ key: string }[]> {
  const found: { key: string }[] = []
  let after: string | null = null
  do {
    const page: Awaited<ReturnType<EventStore['scan']>> = await events.scan(names, after, 4)
    expect(page.events.length).toBeLessThanOrEqual(4)
    found.push(...page.events)
    after = page.next
  } while (after !== null)
  return found
}
