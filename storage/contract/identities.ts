import { expect } from 'vitest'
import type { ContractCase } from './case.ts'
import { aBatch, aPair, aRow, ids } from './documents.ts'

export function identityCases(test: ContractCase): void {
  test('a row is replaced only by one of a higher sequence', async ({ identities }) => {
    const second = aRow('email:ž@example.com', { profileId: 'p_2', seq: 2, since: 5 })
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
    expect(await identities.findPendingPairs(10)).toEqual([aPair('b', 10), aPair('a', 20), aPair('c', 20)])
    expect(await identities.findPendingPairs(1)).toEqual([aPair('b', 10)])
    await identities.clearPairs(['b', 'unknown'])
    await identities.clearPairs(['b'])
    await identities.recordPairs([aPair('b', 5)])
    expect(await identities.findPendingPairs(10)).toEqual([aPair('a', 20), aPair('c', 20)])
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
