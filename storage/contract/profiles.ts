import { expect } from 'vitest'
import type { ContractCase } from './case.ts'
import { incrementByMany } from './counting.ts'
import { aChange, aProfile, aWrite, ids } from './documents.ts'

export function profileCases(test: ContractCase): void {
  test('a first revision is inserted only where there is none', async ({ profiles }) => {
    expect(await profiles.put([aWrite('a', 1), aWrite('b', 2)])).toEqual([true, false])
    expect(await profiles.put([aWrite('a', 1, { asOf: 99 })])).toEqual([false])
    expect(await profiles.get(['a', 'b'])).toEqual(new Map([['a', aProfile('a', 1)]]))
  })

  test('a later revision replaces the one below it, in every field', async ({ profiles }) => {
    const first = aProfile('a', 1)
    const second = aProfile('a', 2, {
      version: 9,
      asOf: 8,
      view: { ...first.view, traits: { město: 'Žďár', nested: { list: [null, true, 1.5] } } },
      basis: { seq: 4, trails: { x: 1, y: 2 } },
      mergedInto: 'p_other',
      nextChangeAt: 12_345,
      outbox: [aChange(8), aChange(9)],
      unpublished: aChange(9, 7),
    })
    await profiles.put([{ profile: first, terms: ['ada'] }])
    const write = { profile: second, terms: [] }
    expect(await profiles.put([aWrite('a', 3), write, write])).toEqual([false, true, false])
    expect(await profiles.get(['a'])).toEqual(new Map([['a', second]]))
  })

  test('no update is lost when many write the same profile', async ({ profiles }) => {
    const { attempts, last } = await incrementByMany({
      read: async () => (await profiles.get(['a'])).get('a')?.version ?? 0,
      write: async (count) => {
        const write = { profile: aProfile('a', count), terms: [`at-${count}`] }
        return (await profiles.put([write]))[0] === true
      },
    })
    expect(last).toBe(attempts)
    expect(await profiles.search([`at-${last}`], null, 10)).toEqual(['a'])
    expect(await profiles.search([`at-${last - 1}`], null, 10)).toEqual([])
  })

  test('reads 500 profiles by id and leaves unknown ones out', async ({ profiles }) => {
    const wanted = ids('p', 500)
    await profiles.put(wanted.map((id) => aWrite(id, 1)))
    const found = await profiles.get([...wanted, 'unknown', 'p-000'])
    expect([...found.keys()].sort()).toEqual(wanted)
    expect(found.get('p-123')).toEqual(aProfile('p-123', 1))
    expect(await profiles.get([])).toEqual(new Map())
  })

  test('lists outboxes until they are trimmed, and keeps entries above the trim', async ({ profiles }) => {
    const outbox = [aChange(1), aChange(5, 2), aChange(6)]
    await profiles.put([
      aWrite('a', 1, { outbox, mergedInto: 'b' }),
      aWrite('b', 1, { outbox: [aChange(1)] }),
      aWrite('c', 1),
    ])
    expect(await profiles.stats()).toEqual({ profiles: 2, outbox: 2 })
    const a = { id: 'a', mergedInto: 'b', outbox }
    const b = { id: 'b', mergedInto: null, outbox: [aChange(1)] }
    expect(await profiles.findOutbox(null, 10)).toEqual([a, b])
    expect(await profiles.findOutbox(null, 1)).toEqual([a])
    expect(await profiles.findOutbox('a', 10)).toEqual([b])
    const trims = [
      { id: 'a', version: 4 },
      { id: 'b', version: 7 },
      { id: 'c', version: 7 },
      { id: 'unknown', version: 1 },
    ]
    await profiles.trimOutbox(trims)
    await profiles.trimOutbox(trims)
    expect(await profiles.findOutbox(null, 10)).toEqual([
      { id: 'a', mergedInto: 'b', outbox: outbox.slice(1) },
    ])
    expect((await profiles.get(['b'])).get('b')).toEqual(aProfile('b', 1))
  })

  test('keeps what is unpublished until that very change is cleared, and lists it in pages', async ({
    profiles,
  }) => {
    await profiles.put([
      aWrite('b', 1, { unpublished: aChange(1) }),
      aWrite('a', 1, { unpublished: aChange(4, 2), mergedInto: 'b' }),
      aWrite('c', 1),
    ])
    const a = { id: 'a', mergedInto: 'b', change: aChange(4, 2) }
    const b = { id: 'b', mergedInto: null, change: aChange(1) }
    expect(await profiles.findUnpublished(null, 10)).toEqual([a, b])
    expect(await profiles.findUnpublished(null, 1)).toEqual([a])
    expect(await profiles.findUnpublished('a', 10)).toEqual([b])
    const published = [
      { id: 'a', version: 3 },
      { id: 'b', version: 1 },
      { id: 'c', version: 1 },
      { id: 'unknown', version: 1 },
    ]
    await profiles.clearUnpublished(published)
    await profiles.clearUnpublished(published)
    expect(await profiles.findUnpublished(null, 10)).toEqual([a])
    expect((await profiles.get(['b'])).get('b')).toEqual(aProfile('b', 1))
  })

  test('finds profiles whose next change is due, the longest due first', async ({ profiles }) => {
    await profiles.put([
      aWrite('never', 1),
      aWrite('later', 1, { nextChangeAt: 31 }),
      aWrite('a', 1, { nextChangeAt: 30 }),
      aWrite('b', 1, { nextChangeAt: 10 }),
      aWrite('c', 1, { nextChangeAt: 20 }),
    ])
    expect(await profiles.findDue(30, 10)).toEqual(['b', 'c', 'a'])
    expect(await profiles.findDue(30, 2)).toEqual(['b', 'c'])
    await profiles.put([aWrite('b', 2)])
    expect(await profiles.findDue(30, 10)).toEqual(['c', 'a'])
  })

  test('finds profiles that have, for every prefix, a term that begins with it', async ({ profiles }) => {
    const found = (prefixes: string[], after: string | null = null, limit = 10) =>
      profiles.search(prefixes, after, limit)
    await profiles.put([
      { profile: aProfile('p3', 1), terms: ['ada', 'lovelace', '17850'] },
      { profile: aProfile('p1', 1), terms: ['adam', 'smith', '100%'] },
      { profile: aProfile('p2', 1), terms: ['žofie', 'adams', 'a_b'] },
      { profile: aProfile('gone', 1, { mergedInto: 'p1' }), terms: ['ada'] },
    ])
    expect(await found(['ada'])).toEqual(['p1', 'p2', 'p3'])
    expect(await found(['ada'], 'p1', 1)).toEqual(['p2'])
    expect(await found(['ada', 'l'])).toEqual(['p3'])
    expect(await found(['smith', 'ada', 'a'])).toEqual(['p1'])
    expect(await found(['žof'])).toEqual(['p2'])
    expect(await found(['smiths'])).toEqual([])
    // Signs that a pattern language would read otherwise.
    expect(await found(['%'])).toEqual([])
    expect(await found(['a', 'a_'])).toEqual(['p2'])
    expect(await found(['a*'])).toEqual([])
    expect(await found(['a\0'])).toEqual([])
    expect(await found([])).toEqual(['p1', 'p2', 'p3'])
  })

  test('finds a profile by the terms of its last write only', async ({ profiles }) => {
    await profiles.put([{ profile: aProfile('a', 1), terms: ['old', 'both'] }])
    await profiles.put([{ profile: aProfile('a', 2), terms: ['both', 'new'] }])
    await profiles.put([{ profile: aProfile('a', 2), terms: ['refused'] }])
    expect(await profiles.search(['old'], null, 10)).toEqual([])
    expect(await profiles.search(['both'], null, 10)).toEqual(['a'])
    expect(await profiles.search(['new'], null, 10)).toEqual(['a'])
    expect(await profiles.search(['refused'], null, 10)).toEqual([])
  })

  test('lists all profiles but tombstones in order of id, in pages', async ({ profiles }) => {
    const live = ids('p', 5)
    await profiles.put([
      ...live.toReversed().map((id) => aWrite(id, 1)),
      aWrite('p-002x', 1, { mergedInto: 'p-000' }),
    ])
    expect(await profiles.list(null, 3)).toEqual(live.slice(0, 3))
    expect(await profiles.list('p-002', 3)).toEqual(live.slice(3))
    expect(await profiles.list('p-004', 3)).toEqual([])
  })
}
