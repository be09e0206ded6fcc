import { createHash } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hash128, lengthPrefixed, sha256 } from './hash.ts'

describe('hashes', () => {
  it('are SHA-256 in base64url, whole or its first 22 characters', () => {
    const whole = createHash('sha256').update('userId:17850').digest('base64url')
    expect(sha256('userId:17850')).toBe(whole)
    expect(hash128('userId:17850')).toBe(whole.slice(0, 22))
  })
})

describe('lengthPrefixed', () => {
  it('never joins two different lists to the same text', () => {
    const parts = fc.array(fc.string({ unit: fc.constantFrom('1', ':', 'a'), maxLength: 4 }), {
      maxLength: 4,
    })
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        expect(lengthPrefixed(a) === lengthPrefixed(b)).toBe(JSON.stringify(a) === JSON.stringify(b))
      }),
    )
  })
})
