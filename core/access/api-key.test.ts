import { crc32 as zlibCrc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { crc32 } from '../crc32.ts'
import { BASE62 } from '../crc32.ts'
import { API_KEY_PATTERN, formatApiKey, parseApiKey } from './api-key.ts'

const letter = fc.constantFrom(...BASE62.split(''))
const base62 = (length: number): fc.Arbitrary<string> =>
  fc.array(letter, { minLength: length, maxLength: length }).map((letters) => letters.join(''))
const parts = fc.record({ id: base62(10), secret: base62(32) })

test('a key that was formatted parses to its parts, and secret scanners find it in text', () => {
  fc.assert(
    fc.property(parts, (given) => {
      const key = formatApiKey(given)
      expect(parseApiKey(key)).toEqual(given)
      expect(`curl -u ${key}: localhost`.match(API_KEY_PATTERN)).toEqual([key])
    }),
  )
})

test('one wrong character is recognised without asking anybody', () => {
  fc.assert(
    fc.property(parts, fc.nat(), letter, (given, position, other) => {
      const key = formatApiKey(given)
      const at = 8 + (position % (key.length - 8))
      fc.pre(key[at] !== other && key[at] !== '_')
      expect(parseApiKey(`${key.slice(0, at)}${other}${key.slice(at + 1)}`)).toBeNull()
    }),
  )
})

test.each([
  '',
  'mg_live_',
  'mg_test_0123456789_x_y',
  'Bearer mg_live_a_b_c',
  `mg_live_${'a'.repeat(10_000)}`,
])('what is no key is none: %.20s', (text) => {
  expect(parseApiKey(text)).toBeNull()
})

test('the checksum is the CRC-32 of zlib', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => crc32(text) === zlibCrc32(text)))
})
