import { expect } from 'vitest'
import type { ContractCase } from './case.ts'
import { incrementByMany } from './counting.ts'
import { aBase, aSealedPurchase, aTrail } from './documents.ts'

export function baseCases(test: ContractCase): void {
  test('a base is written by compare-and-set, beside its trail', async ({ trails }) => {
    await trails.put([aTrail('a', 1)])
    expect(await trails.putBases([aBase('a', 1), aBase('b', 2)])).toEqual([true, false])
    expect(await trails.putBases([aBase('a', 1), aBase('a', 2), aBase('a', 2)])).toEqual([false, true, false])
    expect(await trails.bases(['a', 'b', 'unknown'])).toEqual(new Map([['a', aBase('a', 2)]]))
    expect(await trails.get(['a'])).toEqual(new Map([['a', aTrail('a', 1)]]))
    expect(await trails.putBases([])).toEqual([])
  })

  test('sealed purchases are written by compare-and-set, each trail its own', async ({ sealedPurchases }) => {
    const first = aSealedPurchase('a', 'o:1', 1)
    expect(await sealedPurchases.put([first, aSealedPurchase('a', 'o:2', 2)])).toEqual([true, false])
    const second = aSealedPurchase('a', 'o:1', 2)
    expect(await sealedPurchases.put([first, second, second])).toEqual([false, true, false])
    await sealedPurchases.put([aSealedPurchase('b', 'o:1', 1), aSealedPurchase('a', 'r:ž', 1)])
    const refs = ['o:1', 'o:2', 'r:ž'].map((ref) => ({ trail: 'a', ref }))
    const found = await sealedPurchases.get(refs)
    expect(new Map(found.map((each) => [each.ref, each]))).toEqual(
      new Map([
        ['o:1', second],
        ['r:ž', aSealedPurchase('a', 'r:ž', 1)],
      ]),
    )
    expect(await sealedPurchases.get([])).toEqual([])
    expect(await sealedPurchases.list('a', null, 10)).toEqual(['o:1', 'r:ž'])
    expect(await sealedPurchases.list('a', null, 1)).toEqual(['o:1'])
    expect(await sealedPurchases.list('a', 'o:1', 10)).toEqual(['r:ž'])
  })

  test('no update is lost when many write the same sealed purchase', async ({ sealedPurchases }) => {
    const { attempts, last } = await incrementByMany({
      read: async () => (await sealedPurchases.get([{ trail: 'a', ref: 'o:1' }]))[0]?.rev ?? 0,
      write: async (count) => (await sealedPurchases.put([aSealedPurchase('a', 'o:1', count)]))[0] === true,
    })
    expect(last).toBe(attempts)
  })
}
