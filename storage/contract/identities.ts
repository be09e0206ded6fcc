import { expect } from 'vitest'
import type { LinkDecision } from '../../core/identity/identity-log.ts'
import type { ContractCase } from './case.ts'
import { aBatch, aLink, aPair, aRow, anUndo, ids } from './documents.ts'

const same: LinkDecision = { kind: 'same' }
const dropped: LinkDecision = {
  kind: 'drop',
  key: 'email:e',
  reason: 'too-many-of-kind',
  of: 'userId',
}

export function identityCases(test: ContractCase): void {
  test('a row is replaced only by one of a higher sequence', async ({ identities }) => {
    const counts = { links: 3, userLinks: 2, merges: 1 }
    const second = aRow('email:ž@example.com', { profileId: 'p_2', seq: 2, since: 5, ...counts })
    await identities.putRows([aRow('email:ž@example.com'), aRow('userId:1')])
    await identities.putRows([second])
    await identities.putRows([
      aRow('email:ž@example.com', { profileId: 'p_1', seq: 1 }),
      aRow('email:ž@example.com', { profileId: 'p_3', seq: 2 }),
    ])
    expect(await identities.rows(['email:ž@example.com', 'unknown'])).toEqual(
      new Map([['email:ž@example.com', second]]),
    )
  })

  test('the highest sequence wins when many write a row at once, in whatever order', async ({
    identities,
  }) => {
    const rows = ids('p', 30).map((profileId, i) => aRow('userId:1', { profileId, seq: ((i * 7) % 30) + 1 }))
    await Promise.all(rows.map((row) => identities.putRows([row])))
    expect((await identities.rows(['userId:1'])).get('userId:1')).toEqual(rows.find(({ seq }) => seq === 30))
  })

  test('finds the rows that name a profile, and the row of its own key', async ({ identities }) => {
    const own = aRow('anonymousId:a', { home: 'p_a', profileId: 'p_u' })
    const both = aRow('userId:u', { home: 'p_u', profileId: 'p_u' })
    const other = aRow('userId:x', { home: 'p_x', profileId: 'p_x' })
    await identities.putRows([own, both, other])
    const keys = async (profiles: string[]) =>
      (await identities.rowsOfProfiles(profiles)).map(({ key }) => key).sort()
    expect(await keys(['p_u'])).toEqual(['anonymousId:a', 'userId:u'])
    expect(await identities.rowsOfProfiles(['p_a'])).toEqual([own])
    expect(await keys(['p_u', 'p_a', 'p_u', 'p_unknown'])).toEqual(['anonymousId:a', 'userId:u'])
    expect(await keys([])).toEqual([])
  })

  test('reads 500 rows by key', async ({ identities }) => {
    const keys = ids('userId:u', 500)
    await identities.putRows(keys.map((key) => aRow(key)))
    expect([...(await identities.rows([...keys, 'unknown'])).keys()].sort()).toEqual(keys)
    expect(await identities.rowsOfProfiles(keys.map((key) => `home-${key}`))).toHaveLength(500)
  })

  test('records a pair once, and lists it oldest first until it is decided', async ({ identities }) => {
    await identities.recordPairs([aPair('c', 20), aPair('b', 10), aPair('a', 20)])
    await identities.recordPairs([{ ...aPair('b', 99), event: 'another' }])
    expect(await identities.findPendingPairs(10)).toEqual([aLink('b', 10), aLink('a', 20), aLink('c', 20)])
    expect(await identities.findPendingPairs(1)).toEqual([aLink('b', 10)])
    const settled = [{ pairId: 'b', decision: same }]
    await identities.settlePairs(1, [...settled, { pairId: 'unknown', decision: same }])
    await identities.settlePairs(1, settled)
    await identities.recordPairs([aPair('b', 5)])
    expect(await identities.findPendingPairs(10)).toEqual([aLink('a', 20), aLink('c', 20)])
    const decided = aLink('b', 10, { pending: false, first: 1, batch: 1, decision: same })
    expect(await identities.pairs(['b', 'unknown', 'b'])).toEqual([decided])
  })

  test('a pair keeps the batch that decided it first, and what the last one decided', async ({
    identities,
  }) => {
    await identities.recordPairs([aPair('a', 10)])
    await identities.settlePairs(3, [{ pairId: 'a', decision: dropped }])
    await identities.settlePairs(7, [{ pairId: 'a', decision: same }])
    await identities.settlePairs(5, [{ pairId: 'a', decision: dropped }])
    const last = aLink('a', 10, { pending: false, first: 3, batch: 7, decision: same })
    expect(await identities.pairs(['a'])).toEqual([last])
  })

  test('finds the pairs of keys from either side, and lists all in order of id', async ({ identities }) => {
    const pairs = ids('x', 5).map((id, i) => aPair(id, i))
    await identities.recordPairs(pairs)
    const found = await identities.pairsOfKeys(['anonymousId:x-001', 'userId:x-001', 'userId:x-003', 'none'])
    expect(found.map(({ id }) => id).sort()).toEqual(['x-001', 'x-003'])
    expect(await identities.pairsOfKeys([])).toEqual([])
    expect((await identities.listPairs(null, 2)).map(({ id }) => id)).toEqual(['x-000', 'x-001'])
    expect((await identities.listPairs('x-003', 10)).map(({ id }) => id)).toEqual(['x-004'])
  })

  test('what joined nothing can be asked again; an old answer does not end that', async ({ identities }) => {
    await identities.recordPairs([aPair('a', 1), aPair('b', 2), aPair('c', 3), aPair('d', 4)])
    await identities.settlePairs(1, [
      { pairId: 'a', decision: dropped },
      { pairId: 'b', decision: same },
      { pairId: 'c', decision: { kind: 'refuse', reason: 'too-many-keys' } },
      { pairId: 'd', decision: { kind: 'split', reason: 'undone', by: 'key-1', at: 5 } },
    ])
    expect(await identities.reopenRefused(null, 1)).toBe('a')
    expect(await identities.reopenRefused('a', 10)).toBe('c')
    expect(await identities.reopenRefused('c', 10)).toBeNull()
    await identities.settlePairs(1, [{ pairId: 'a', decision: dropped }])
    expect((await identities.findPendingPairs(10)).map(({ id }) => id)).toEqual(['a', 'c'])
    await identities.settlePairs(2, [{ pairId: 'a', decision: same }])
    expect((await identities.findPendingPairs(10)).map(({ id }) => id)).toEqual(['c'])
  })

  test('an undo waits until a batch carries it out, and is remembered', async ({ identities }) => {
    await identities.requestUndos([anUndo('c', 20), anUndo('a', 20), anUndo('b', 10)])
    await identities.requestUndos([{ ...anUndo('b', 99), by: 'another' }])
    expect(await identities.findPendingUndos(2)).toEqual([anUndo('b', 10), anUndo('a', 20)])
    await identities.settleUndos(4, ['b', 'unknown'])
    await identities.settleUndos(5, ['b'])
    expect(await identities.findPendingUndos(10)).toEqual([anUndo('a', 20), anUndo('c', 20)])
    expect(await identities.undosOfKeys(['userId:b', 'anonymousId:b', 'userId:a'])).toEqual([
      { ...anUndo('b', 10), batch: 4 },
    ])
    expect(await identities.undosOfKeys(['userId:a', 'anonymousId:a'])).toEqual([
      { ...anUndo('a', 20), batch: null },
    ])
  })

  test('the log has one batch of each number, whoever inserts it first', async ({ identities }) => {
    expect(await identities.head()).toBeNull()
    const rivals = ids('p', 10).map((loser) => aBatch(1, { losers: [loser] }))
    const won = await Promise.all(rivals.map((batch) => identities.insertBatch(batch)))
    expect(won.filter(Boolean)).toHaveLength(1)
    expect(await identities.head()).toEqual(rivals[won.indexOf(true)])
  })

  test('reads the head and the batches above a number, in order', async ({ identities }) => {
    for (const n of [1, 2, 10, 11]) expect(await identities.insertBatch(aBatch(n))).toBe(true)
    await identities.setBatchDone(2)
    await identities.setBatchDone(2)
    expect(await identities.head()).toEqual(aBatch(11))
    expect(await identities.listBatches(1, 2)).toEqual([aBatch(2, { done: true }), aBatch(10)])
    expect(await identities.listBatches(11, 10)).toEqual([])
  })
}
