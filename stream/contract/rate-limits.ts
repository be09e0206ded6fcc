import { describe, expect, test } from 'vitest'
import { eventually } from '../../tests/support/eventually.ts'
import type { OpenStream } from '../contract.ts'

export function describeRateLimitsContract(open: OpenStream): void {
  describe('rate limits', () => {
    test('a bucket gives what it holds, says when there is enough again, and keys are kept apart', async () => {
      await using opened = await open()
      const { rateLimits } = opened.stream
      const limit = { capacity: 10, refillPerSecond: 0.001 }
      expect(await rateLimits.take('a', 4, limit)).toEqual({ allowed: true, remaining: 6, retryAfterMs: 0 })
      expect(await rateLimits.take('a', 6, limit)).toMatchObject({ allowed: true, remaining: 0 })
      const refused = await rateLimits.take('a', 2, limit)
      expect(refused).toMatchObject({ allowed: false, remaining: 0 })
      expect(refused.retryAfterMs).toBeGreaterThan(1_900_000)
      expect(refused.retryAfterMs).toBeLessThanOrEqual(2_000_000)
      expect(await rateLimits.take('b', 10, limit)).toMatchObject({ allowed: true })
    })

    test('what is never there is refused for ever, and what was refused costs nothing', async () => {
      await using opened = await open()
      const { rateLimits } = opened.stream
      const limit = { capacity: 5, refillPerSecond: 1 }
      expect(await rateLimits.take('a', 6, limit)).toEqual({
        allowed: false,
        remaining: 5,
        retryAfterMs: Infinity,
      })
      expect(await rateLimits.take('a', 5, limit)).toMatchObject({ allowed: true })
    })

    test('it fills again as time passes', async () => {
      await using opened = await open()
      const { rateLimits } = opened.stream
      const limit = { capacity: 3, refillPerSecond: 100 }
      expect(await rateLimits.take('a', 3, limit)).toMatchObject({ allowed: true })
      await eventually(async () =>
        expect(await rateLimits.take('a', 3, limit)).toMatchObject({ allowed: true }),
      )
    })

    test('many that take at once do not take more than there is', async () => {
      await using opened = await open()
      const { rateLimits } = opened.stream
      const limit = { capacity: 10, refillPerSecond: 0 }
      const taken = await Promise.all(Array.from({ length: 30 }, () => rateLimits.take('a', 1, limit)))
      expect(taken.filter(({ allowed }) => allowed)).toHaveLength(10)
    })
  })
}
