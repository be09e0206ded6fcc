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
    ['email', 'Ada@Müller.Example', 'ada@xn--mller-kva.example'],
    ['phone', '+44 (0)20 7946-0958', '+442079460958'],
    ['phone', '0044 20 7946 0958', '+442079460958'],
    ['phone', '020 7946-0958', '02079460958'],
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

  it('reads a national phone number as one of the country that is given', () => {
    expect(normalizeIdentity('phone', '020 7946 0958', 'GB')).toBe('+442079460958')
    expect(normalizeIdentity('phone', '+33 1 23 45 67 89', 'GB')).toBe('+33123456789')
  })

  it('changes nothing that it has written itself', () => {
    const kinds = fc.constantFrom('userId', 'email', 'phone', 'anonymousId', 'crm')
    const raws = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.emailAddress(),
      fc.stringMatching(/^\+?[\d ()-]{5,18}$/),
      fc.stringMatching(/^[a-zäßİ.]{1,5}@[a-zäßİ०。ﬁ]{1,6}\.[a-zµ]{2,3}$/),
    )
    fc.assert(
      fc.property(kinds, raws, fc.constantFrom(null, 'GB', 'US', 'IT'), (kind, raw, country) => {
        const once = normalizeIdentity(kind, raw, country)
        if (once !== null) expect(normalizeIdentity(kind, once, country)).toBe(once)
      }),
    )
  })
})
