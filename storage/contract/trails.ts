import { expect } from 'vitest'
import type { ProfileState } from '../../core/profile/profile.ts'
import type { ContractCase } from './case.ts'
import { incrementByMany } from './counting.ts'
import { aTrail, ids } from './documents.ts'

export function trailCases(test: ContractCase): void {
  test('a first version is inserted only where there is none', async ({ trails }) => {
    expect(await trails.put([aTrail('a', 1), aTrail('b', 2)])).toEqual([true, false])
    expect(await trails.put([aTrail('a', 1, { home: 'other' })])).toEqual([false])
    expect(await trails.get(['a', 'b'])).toEqual(new Map([['a', aTrail('a', 1)]]))
  })

  test('a later version replaces the one below it and no other', async ({ trails }) => {
    const second = aTrail('a', 2, {
      identity: 'email:ž@example.com',
      home: 'p_ž',
      applied: [
        { key: 'e1', attempt: 0, version: 2 },
        { key: 'e2', attempt: 1, version: 2, parked: 'why — 理由' },
      ],
      dirty: false,
    })
    await trails.put([aTrail('a', 1)])
    expect(await trails.put([aTrail('a', 3), second, second])).toEqual([false, true, false])
    expect(await trails.get(['a'])).toEqual(new Map([['a', second]]))
    expect(await trails.findByHomes(['p_a'])).toEqual([])
  })

  test('no update is lost when many write the same trail', async ({ trails }) => {
    const { attempts, last } = await incrementByMany({
      read: async () => (await trails.get(['a'])).get('a')?.state.events ?? 0,
      write: async (count) => (await trails.put([aTrail('a', count)]))[0] === true,
    })
    expect(last).toBe(attempts)
  })

  test('finds trails by the profiles that they derive', async ({ trails }) => {
    const wanted = ids('t', 500)
    await trails.put([...wanted, 'other'].map((id) => aTrail(id, 1)))
    await trails.put([aTrail('second', 1, { home: 'p_t-000' })])
    const found = await trails.findByHomes([...wanted.map((id) => `p_${id}`), 'p_unknown'])
    expect(found.map(({ id }) => id).sort()).toEqual(['second', ...wanted])
    expect(await trails.findByHomes([])).toEqual([])
  })

  test('lists dirty trails in order of id, in pages, until they are cleared', async ({ trails }) => {
    const dirty = ids('t', 5)
    await trails.put([...dirty.toReversed().map((id) => aTrail(id, 1)), aTrail('clean', 1, { dirty: false })])
    expect(await trails.findDirty(null, 2)).toEqual([
      { id: 't-000', identity: 'userId:t-000', home: 'p_t-000' },
      { id: 't-001', identity: 'userId:t-001', home: 'p_t-001' },
    ])
    expect((await trails.findDirty('t-001', 10)).map(({ id }) => id)).toEqual(dirty.slice(2))
    await trails.clearDirty(dirty.slice(1).map((id) => ({ id, version: 1 })))
    expect((await trails.findDirty(null, 10)).map(({ id }) => id)).toEqual(['t-000'])
  })

  test('reads a part that the state of an older fold lacks as empty', async ({ trails }) => {
    const { views: _, ...older } = aTrail('a', 1).state
    await trails.put([aTrail('a', 1, { state: older as ProfileState })])
    expect((await trails.get(['a'])).get('a')?.state.views).toEqual([])
    expect((await trails.findByHomes(['p_a']))[0]?.state.views).toEqual([])
  })

  test('keeps which fold made a state, and lists all trails in order of id, in pages', async ({ trails }) => {
    await trails.put(['b', 'c', 'a'].map((id) => aTrail(id, 1)))
    await trails.put([aTrail('b', 2, { foldVersion: 7 })])
    expect((await trails.get(['b'])).get('b')?.foldVersion).toBe(7)
    expect(await trails.list(null, 2)).toEqual(['a', 'b'])
    expect(await trails.list('b', 2)).toEqual(['c'])
  })

  test('names the events that dirty trails of a home hold', async ({ trails }) => {
    const applied = (key: string) => [{ key, attempt: 0, version: 1 }]
    await trails.put([
      aTrail('a', 1, { home: 'p_1', applied: [...applied('e1'), ...applied('e2')] }),
      aTrail('b', 1, { home: 'p_1', applied: applied('e3'), dirty: false }),
      aTrail('c', 1, { home: 'p_2', applied: applied('e4') }),
    ])
    expect(await trails.dirtyEvents(['p_1', 'p_3'])).toEqual([{ home: 'p_1', keys: ['e1', 'e2'] }])
    expect(await trails.dirtyEvents([])).toEqual([])
  })

  test('leaves a trail dirty that has been written since', async ({ trails }) => {
    await trails.put([aTrail('a', 1)])
    await trails.put([aTrail('a', 2)])
    await trails.clearDirty([{ id: 'a', version: 1 }])
    expect((await trails.get(['a'])).get('a')?.dirty).toBe(true)
    await trails.clearDirty([{ id: 'a', version: 2 }])
    await trails.clearDirty([
      { id: 'a', version: 2 },
      { id: 'unknown', version: 1 },
    ])
    expect((await trails.get(['a'])).get('a')).toEqual(aTrail('a', 2, { dirty: false }))
  })
}
