import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { normalizeIdentity } from './identity-value.ts'

describe('normalizeIdentity', () => {
  it.each([
    ['userId', ' 17850 ', '17850'],
    ['userId', 'Ada', 'Ada'],
    ['userId', '0042', '0042'],
    ['email', ' Ada.Lovelace@Example.COM', 'ada.lovelace@example.com'],
    ['email', 'ada+news@mail.example.co.uk', 'ada+news@mail.example.co.uk'],
    ['phone', '+44 (0)20 7946-0958', '+4402079460958'],
    ['anonymousId', '8a3f', '8a3f'],
  ])('writes %s %j as %j', (kind, raw, value) => {
    expect(normalizeIdentity(kind, raw)).toBe(value)
  })

  it.each([
    ['userId', ''],
    ['userId', '   '],
    ['userId', 'NULL'],
    ['userId', 'undefined'],
    ['userId', 'Anonymous'],
    ['userId', 'none'],
    ['userId', 'unknown'],
    ['userId', '-1'],
    ['userId', '0'],
    ['anonymousId', '00000000-0000-0000-0000-000000000000'],
    ['userId', '---'],
    ['userId', 'a\0b'],
    ['userId', 'a\ud800'],
    ['userId', 'x'.repeat(513)],
    ['email', 'ada'],
    ['email', 'ada@localhost'],
    ['email', 'a b@example.com'],
    ['email', 'ada@@example.com'],
    ['email', 'ada@example..com'],
    ['email', `${'a'.repeat(320)}@example.com`],
    ['phone', '12345'],
    ['phone', '+000000000'],
    ['phone', 'call me'],
  ])('takes %s %j for nobody', (kind, raw) => {
    expect(normalizeIdentity(kind, raw)).toBeNull()
  })

  it('changes nothing that it has written itself', () => {
    const kinds = fc.constantFrom('userId', 'email', 'phone', 'anonymousId', 'crm')
    const raws = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.emailAddress(),
      fc.stringMatching(/^\+?[\d ()-]{5,18}$/),
    )
    fc.assert(
      fc.property(kinds, raws, (kind, raw) => {
        const once = normalizeIdentity(kind, raw)
        if (once !== null) expect(normalizeIdentity(kind, once)).toBe(once)
      }),
    )
  })
})
