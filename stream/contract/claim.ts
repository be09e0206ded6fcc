import { describe, expect, test } from 'vitest'
import type { OpenStream } from '../contract.ts'

export function describeClaimContract(open: OpenStream): void {
  describe('whose it is', () => {
    test('belongs to whoever said so first, until all of it is lost', async () => {
      await using opened = await open()
      const { stream } = opened
      expect(await stream.claim({ store: 'a', secret: 's' })).toBeNull()
      expect(await stream.claim({ store: 'a', secret: 's' })).toBeNull()
      expect(await stream.claim({ secret: 's' })).toBeNull()
      expect(await stream.claim({ store: 'b', secret: 's' })).toBe('store')
      expect(await stream.claim({ secret: 'another' })).toBe('secret')
      expect(await stream.claim({ store: 'a' })).toBeNull()
      await opened.flush()
      expect(await stream.claim({ store: 'b' })).toBeNull()
    })

    test('keeps nothing of what it refused', async () => {
      await using opened = await open()
      const { stream } = opened
      expect(await stream.claim({ secret: 's' })).toBeNull()
      expect(await stream.claim({ store: 'b', secret: 'x' })).toBe('secret')
      expect(await stream.claim({ store: 'a', secret: 's' })).toBeNull()
    })
  })
}
