import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compileGlobs } from './glob.ts'

test.each([
  ['kiosk', 'KIOSK', true],
  ['kiosk', 'kiosk-1', false],
  ['kiosk-*', 'kiosk-', true],
  ['kiosk-*', 'a kiosk-1', false],
  ['*@example.com', 'ada@example.com', true],
  ['*@example.com', 'ada@example.com.org', false],
  ['no*reply*@*', 'no-reply@shop.io', true],
  ['no*reply*@*', 'noreply', false],
  ['a*a', 'a', false],
  ['a*b*a', 'aba', true],
  ['*', '', true],
])('the pattern %j takes %j: %j', (pattern, text, expected) => {
  expect(compileGlobs([pattern])(text)).toBe(expected)
})

test('a pattern takes what the same regular expression takes', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 })
  const texts = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 })
  fc.assert(
    fc.property(letters, texts, (pattern, text) => {
      const expression = new RegExp(`^${pattern.replaceAll('*', '.*')}$`)
      expect(compileGlobs([pattern])(text)).toBe(expression.test(text))
    }),
  )
})
