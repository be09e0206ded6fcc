import fc from 'fast-check'
import { expect, test } from 'vitest'
import { best } from './best.ts'

test('gives what sorting everything and cutting it off would give', () => {
  const item = fc.record({ score: fc.integer({ min: 0, max: 5 }), id: fc.nat() })
  fc.assert(
    fc.property(fc.array(item), fc.integer({ min: 0, max: 8 }), (items, limit) => {
      expect(best(items, limit, byScore)).toEqual(items.toSorted(byScore).slice(0, limit))
    }),
  )
})

function byScore(a: { score: number }, b: { score: number }): number {
  return b.score - a.score
}
