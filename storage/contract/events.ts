import { expect } from 'vitest'
import type { ContractCase } from './case.ts'
import { aMark, anEvent, ids } from './documents.ts'

/** The log itself: append, pending, marks, links. */
export function eventLogCases(test: ContractCase): void {
  test('stores an event once, whatever the number of times it is sent', async ({ events }) => {
    expect(await events.append([anEvent('a'), anEvent('b'), anEvent('a')])).toEqual([
      'stored',
      'stored',
      'duplicate',
    ])
    expect(await events.append([anEvent('a')])).toEqual(['duplicate'])
    expect(await events.stats()).toEqual({ events: 2, pending: 2, parked: 0, conflicts: 0 })
  })

  test('gives an event back as it was, in every field', async ({ events }) => {
    const event = anEvent('a', {
      identity: 'email:Žofie+✓@example.com',
      messageId: "it's \"quoted\" \\ 'both' ? ?1 :x $y",
      name: 'Objednávka 🛒 dokončena',
      time: -62_135_596_800_000,
      receivedAt: 253_402_300_799_999,
      meta: { late: true, normalised: { 'traits.e.mail': 'ž' }, unnormalised: ['traits.phone'] },
      pairs: [['anonymousId:ž', 'email:Žofie+✓@example.com']],
      body: {
        deep: { list: [1, -0.1, 1e21, 9_007_199_254_740_991, true, false, null, [], {}, ''] },
        'key.with$dots': 'line\nbreak\t"quotes" \\ \u2028 👩‍👩‍👧',
        undefined: 'NaN',
      },
    })
    await events.append([event])
    expect(await events.get(['a'])).toEqual([{ ...event, state: 'pending', trailVersion: null }])
  })

  test('keeps the first body of a key and counts another one as a conflict, once', async ({ events }) => {
    const first = anEvent('a', { body: { n: 1 }, bodyHash: 'one' })
    const second = anEvent('a', { body: { n: 2 }, bodyHash: 'two' })
    const third = anEvent('a', { body: { n: 3 }, bodyHash: 'three' })
    expect(await events.append([first, second])).toEqual(['stored', 'conflict'])
    expect(await events.append([second, first, third])).toEqual(['conflict', 'duplicate', 'conflict'])
    expect(await events.get(['a'])).toMatchObject([{ body: { n: 1 }, bodyHash: 'one' }])
    expect(await events.stats()).toMatchObject({ events: 1, conflicts: 2 })
  })

  test('tells the bodies of conflicts, newest first, of an event and of groups of trails', async ({
    events,
  }) => {
    const sent = (key: string, n: number, trailId: string) =>
      anEvent(key, { trailId, body: { n }, bodyHash: `hash-${n}`, receivedAt: 1_000 + n })
    await events.append([sent('a', 0, 'one'), sent('b', 1, 'one'), sent('c', 2, 'two')])
    await events.append([sent('a', 3, 'one'), sent('b', 4, 'one'), sent('c', 5, 'two'), sent('a', 6, 'one')])
    const bodies = (found: readonly { body: object }[] | undefined) => found?.map(({ body }) => body)
    const of = await events.conflictsOf(['a', 'c', 'unknown'], 10)
    expect(of.get('a')?.[0]).toEqual({ key: 'a', trailId: 'one', receivedAt: 1_006, body: { n: 6 } })
    expect(bodies(of.get('a'))).toEqual([{ n: 6 }, { n: 3 }])
    expect(bodies(of.get('c'))).toEqual([{ n: 5 }])
    expect(of.get('unknown') ?? []).toEqual([])
    expect(bodies((await events.conflictsOf(['a'], 1)).get('a'))).toEqual([{ n: 6 }])
    const groups = await events.conflictsByTrails([['two', 'one'], ['two'], ['none'], []], 2)
    expect(groups.map(bodies)).toEqual([[{ n: 6 }, { n: 5 }], [{ n: 5 }], [], []])
  })

  test('says how much waits, and since when, in all and for groups of identities', async ({ events }) => {
    expect(await events.backlog()).toEqual({ pending: 0, parked: 0, oldestReceivedAt: null })
    const from = (key: string, identity: string, receivedAt: number) => anEvent(key, { identity, receivedAt })
    await events.append([from('a', 'userId:1', 30), from('b', 'userId:1', 20), from('c', 'email:x', 10)])
    await events.append([from('d', 'email:x', 40), from('e', 'email:x', 50)])
    expect(await events.backlog()).toEqual({ pending: 5, parked: 0, oldestReceivedAt: 10 })
    await events.mark([aMark('c'), aMark('e', { outcome: 'parked', error: 'no' })])
    expect(await events.backlog()).toEqual({ pending: 3, parked: 1, oldestReceivedAt: 20 })
    const groups = [['userId:1'], ['email:x', 'userId:1'], ['email:x'], ['nobody'], []]
    expect(await events.oldestPending(groups)).toEqual([20, 20, 40, null, null])
  })

  test('stores each key once when many callers append the same events at once', async ({ events }) => {
    const keys = ids('e', 40)
    const answers = await Promise.all(
      Array.from({ length: 12 }, () => events.append(keys.map((key) => anEvent(key)))),
    )
    for (const i of keys.keys()) {
      expect(answers.filter((results) => results[i] === 'stored')).toHaveLength(1)
    }
    expect((await events.stats()).events).toBe(40)
  })

  test('lists trails with pending events in order of id, in pages', async ({ events }) => {
    const trails = ids('t', 7)
    await events.append(
      trails
        .toReversed()
        .flatMap((trailId) => [anEvent(`${trailId}-1`, { trailId }), anEvent(`${trailId}-2`, { trailId })]),
    )
    expect(await events.findPendingTrails(null, 3)).toEqual(trails.slice(0, 3))
    expect(await events.findPendingTrails('t-002', 3)).toEqual(trails.slice(3, 6))
    expect(await events.findPendingTrails('t-005', 3)).toEqual(['t-006'])
    expect(await events.findPendingTrails('t-006', 3)).toEqual([])
  })

  test('reads up to a limit of pending events of each trail, oldest arrival first', async ({ events }) => {
    await events.append([
      anEvent('z', { trailId: 'one', time: 9 }),
      anEvent('y', { trailId: 'two', time: 8 }),
      anEvent('a', { trailId: 'one', time: 1 }),
    ])
    await events.append([
      anEvent('b', { trailId: 'two', time: 2 }),
      anEvent('m', { trailId: 'one', time: 5 }),
    ])
    const found = await events.readPending(['two', 'one', 'two', 'unknown'], 2)
    expect(found.get('one')?.map(({ event }) => event.key)).toEqual(['z', 'a'])
    expect(found.get('two')?.map(({ event }) => event.key)).toEqual(['y', 'b'])
    expect(found.get('unknown') ?? []).toEqual([])
    expect(found.get('one')?.[0]).toEqual({
      event: anEvent('z', { trailId: 'one', time: 9 }),
      attempt: 0,
    })
  })

  test('ends pending by a mark, once, and only in the attempt that the mark names', async ({ events }) => {
    await events.append([anEvent('a'), anEvent('b'), anEvent('c')])
    await events.mark([
      aMark('a', { trailVersion: 7 }),
      aMark('b', { outcome: 'parked', trailVersion: 8, error: 'no such rule' }),
      aMark('c', { attempt: 1 }),
      aMark('unknown'),
    ])
    await events.mark([aMark('a', { trailVersion: 99 }), aMark('b')])
    expect(await events.get(['a'])).toMatchObject([{ state: 'folded', trailVersion: 7 }])
    expect(await events.get(['b'])).toMatchObject([{ state: 'parked', trailVersion: 8 }])
    expect(await events.get(['c'])).toMatchObject([{ state: 'pending', trailVersion: null }])
    expect(await events.stats()).toEqual({ events: 3, pending: 1, parked: 1, conflicts: 0 })
    const pending = await events.readPending(['trail-1'], 10)
    expect(pending.get('trail-1')?.map(({ event }) => event.key)).toEqual(['c'])
  })

  test('lists a trail as pending until its last event is marked', async ({ events }) => {
    await events.append([anEvent('a'), anEvent('b')])
    await events.mark([aMark('a')])
    expect(await events.findPendingTrails(null, 10)).toEqual(['trail-1'])
    await events.mark([aMark('b')])
    expect(await events.findPendingTrails(null, 10)).toEqual([])
  })

  test('lists events with pairs until their links are cleared', async ({ events }) => {
    const linked = anEvent('linked', { pairs: [['anonymousId:a', 'userId:u']], receivedAt: 77 })
    await events.append([anEvent('plain'), linked, anEvent('other', { pairs: linked.pairs })])
    expect(await events.findUnlinked(1)).toHaveLength(1)
    expect(await events.findUnlinked(10)).toContainEqual({
      key: 'linked',
      pairs: [['anonymousId:a', 'userId:u']],
      receivedAt: 77,
    })
    await events.clearLinks(['linked', 'plain', 'unknown'])
    await events.clearLinks(['linked'])
    expect((await events.findUnlinked(10)).map(({ key }) => key)).toEqual(['other'])
    expect((await events.get(['linked']))[0]?.pairs).toEqual(linked.pairs)
  })

  test('reads 500 events by key, leaves unknown keys out, gives each once', async ({ events }) => {
    const keys = ids('e', 500)
    await events.append(keys.map((key) => anEvent(key)))
    const found = await events.get([...keys, 'unknown', 'e-000', "'; DROP TABLE events; --", 'NUL\0key'])
    expect(found.map(({ key }) => key).sort()).toEqual(keys)
    expect(await events.get([])).toEqual([])
  })

  test('takes a body of 512 KB', async ({ events }) => {
    const event = anEvent('large', { body: { text: 'ž'.repeat(256 * 1024) } })
    expect(await events.append([event])).toEqual(['stored'])
    expect((await events.get(['large']))[0]?.body).toEqual(event.body)
  })
}
