import { expect } from 'vitest'
import type { EventStore, StoredEvent } from '../ports.ts'
import type { ContractCase } from './case.ts'
import { aMark, anEvent, ids } from './documents.ts'

export function eventReplayCases(test: ContractCase): void {
  test('lists parked events with their error and the fold that failed, in order of arrival, in pages', async ({
    events,
  }) => {
    await events.append(['c', 'fine', 'b', 'a'].map((key) => anEvent(key)))
    const parked = { outcome: 'parked', error: 'no — 理由', foldVersion: 3, trailVersion: 5 } as const
    await events.mark([aMark('fine'), ...['a', 'b', 'c'].map((key) => aMark(key, parked))])
    const first = await events.listParked(null, 2)
    expect(first.events.map(({ event }) => event.key)).toEqual(['c', 'b'])
    expect(first.events[0]).toEqual({
      event: anEvent('c'),
      attempt: 0,
      error: 'no — 理由',
      foldVersion: 3,
      trailVersion: 5,
    })
    expect((await listAll(events, 2)).map(({ event }) => event.key)).toEqual(['c', 'b', 'a'])
  })

  test('releases a parked event into its next attempt, once, and no other event', async ({ events }) => {
    await events.append(['parked', 'folded', 'pending'].map((key) => anEvent(key)))
    await events.mark([aMark('folded'), aMark('parked', { outcome: 'parked', error: 'no', foldVersion: 1 })])
    const release = ['parked', 'folded', 'pending', 'unknown'].map((key) => ({ key, attempt: 0 }))
    await events.release([{ key: 'parked', attempt: 1 }])
    expect(await events.stats()).toMatchObject({ pending: 1, parked: 1 })
    await events.release(release)
    await events.release(release)
    const pending = (await events.readPending(['trail-1'], 10)).get('trail-1') ?? []
    expect(new Map(pending.map(({ event, attempt }) => [event.key, attempt]))).toEqual(
      new Map([
        ['parked', 1],
        ['pending', 0],
      ]),
    )
    await events.mark([aMark('parked')])
    expect(await events.get(['parked'])).toMatchObject([{ state: 'pending', trailVersion: null }])
    await events.mark([aMark('parked', { attempt: 1, trailVersion: 9 })])
    expect(await events.get(['parked'])).toMatchObject([{ state: 'folded', trailVersion: 9 }])
  })

  test('reads the folded events of trails above a version, by time and key, in pages', async ({ events }) => {
    const keys = ids('e', 6)
    await events.append(keys.map((key, i) => anEvent(key, { trailId: 'one', time: 10 - (i % 3) })))
    await events.append([anEvent('other', { trailId: 'two' }), anEvent('waits', { trailId: 'one' })])
    await events.mark([
      ...keys.map((key, i) => aMark(key, { trailVersion: i + 1 })),
      aMark('other', { outcome: 'parked', error: 'no' }),
    ])
    const read = (aboveVersion: number, after: { time: number; key: string } | null, limit: number) =>
      events.readFolded(
        ['two', 'one', 'unknown'].map((trail) => ({ trail, aboveVersion, after })),
        limit,
      )
    const [two, one, unknown] = await read(0, null, 10)
    expect([two, unknown]).toEqual([[], []])
    expect(keysOf(one)).toEqual(['e-002', 'e-005', 'e-001', 'e-004', 'e-000', 'e-003'])
    expect(keysOf((await read(0, { time: 8, key: 'e-002' }, 2))[1])).toEqual(['e-005', 'e-001'])
    expect(keysOf((await read(4, null, 10))[1])).toEqual(['e-005', 'e-004'])
    expect(await events.readFolded([], 10)).toEqual([])
  })

  test('tells the trails of what arrived since a time, in pages', async ({ events }) => {
    const keys = ids('e', 9)
    await events.append(
      keys.map((key, i) => anEvent(key, { trailId: `t${i % 4}`, receivedAt: 1_000 + Math.floor(i / 3) })),
    )
    const found: string[] = []
    for (let after: string | null = null, more = true; more;) {
      const page: Awaited<ReturnType<EventStore['scanTrails']>> = await events.scanTrails(1_002, after, 4)
      found.push(...page.trails)
      after = page.next
      more = after !== null
    }
    expect(found).toEqual(['t2', 't3', 't0'])
  })

  test('tells the trails of all that was there at the first page, whatever is stored meanwhile', async ({
    events,
  }) => {
    const keys = ids('e', 9)
    await events.append(keys.map((key, i) => anEvent(key, { trailId: `t${i}`, receivedAt: 1_000 })))
    const found = new Set<string>()
    let page = await events.scanTrails(1_000, null, 2)
    for (let i = 0; page.next !== null; i++) {
      for (const trail of page.trails) found.add(trail)
      if (i < 5) await events.append([anEvent(`new-${i}`, { trailId: `n${i}`, receivedAt: 1_000 })])
      page = await events.scanTrails(1_000, page.next, 2)
    }
    for (const trail of page.trails) found.add(trail)
    expect([...found]).toEqual(expect.arrayContaining(keys.map((_, i) => `t${i}`)))
  })
}

async function listAll(
  events: EventStore,
  limit: number,
): Promise<Awaited<ReturnType<EventStore['listParked']>>['events']> {
  const { events: found, next } = await events.listParked(null, limit)
  return next === null ? found : [...found, ...(await events.listParked(next, limit)).events]
}

function keysOf(events: readonly StoredEvent[] | undefined): string[] {
  return events?.map(({ key }) => key) ?? []
}
