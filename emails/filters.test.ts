import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLiquid } from './liquid.ts'

const liquid = createLiquid('en-GB')
const show = (expression: string, value?: unknown): string =>
  liquid.text(`{{ ${expression} }}`, 'x')({ value })

describe('money', () => {
  test.each([
    [{ amount: 123450, currency: 'GBP' }, '£1,234.50'],
    [{ amount: -5, currency: 'gbp' }, '-£0.05'],
    [{ amount: 1250, currency: 'JPY' }, 'JP¥1,250'],
    [{ amount: 1250, currency: 'KWD' }, 'KWD 1.250'],
    [{ amount: 0, currency: 'EUR' }, '€0.00'],
    [null, ''],
    [{ amount: 1.5, currency: 'GBP' }, ''],
    [{ amount: 1, currency: 'pounds' }, ''],
    ['12', ''],
  ])('%j is %j', (value, text) => {
    expect(show('value | money', value).replace('\u00a0', ' ')).toBe(text)
  })

  test('takes minor units with the currency beside them, and writes as the language does', () => {
    expect(show('1250 | money: "GBP"')).toBe('£12.50')
    const german = createLiquid('de-DE').text('{{ 123450 | money: "EUR" }}', 'x')({})
    expect(german.replace('\u00a0', ' ')).toBe('1.234,50 €')
  })
})

describe('date', () => {
  test.each([
    ['value | date', '9 December 2011'],
    ['value | date: "%a %A %b %d %m %y %Y %H:%M"', 'Fri Friday Dec 09 12 11 2011 23:50'],
    ['value | date: "%Q"', '%Q'],
  ])('%s', (expression, text) => {
    expect(show(expression, '2011-12-09T23:50:00.000Z')).toBe(text)
  })

  test('is empty for what is no time, and speaks the language of the template', () => {
    for (const value of [null, 'soon', {}, undefined]) expect(show('value | date', value)).toBe('')
    expect(createLiquid('fr-FR').text('{{ 0 | date }}', 'x')({})).toBe('1 janvier 1970')
  })
})

describe('title_case', () => {
  test.each([
    ['WHITE HANGING HEART T-LIGHT HOLDER', 'White Hanging Heart T-Light Holder'],
    ["  POPPY'S  PLAYHOUSE BEDROOM ", "Poppy's Playhouse Bedroom"],
    ['PACK OF 72 RETROSPOT CAKE CASES', 'Pack of 72 Retrospot Cake Cases'],
    ['THE KING GIFT BAG 25X24X12CM', 'The King Gift Bag 25x24x12cm'],
    ['CD WALL TIDY RED FLOWERS', 'CD Wall Tidy Red Flowers'],
    ['ÉTAGÈRE À FLEURS', 'Étagère À Fleurs'],
    ['iPhone case', 'iPhone case'],
    ['', ''],
    [null, ''],
  ])('%j is %j', (value, text) => {
    expect(show('value | title_case', value)).toBe(text)
  })
})

test('initials are of the first two words that tell something', () => {
  const values = ['White Metal Lantern', 'Pack of 72 Cases', 'émile zola', '72', 'of the', '', null]
  expect(values.map((value) => show('value | initials', value))).toEqual(['WM', 'PC', 'ÉZ', '', 'OT', '', ''])
})

test('web_url lets only http and https through', () => {
  const values = [
    'https://a.example/b?c=1',
    'javascript:alert(1)',
    ' JAVASCRIPT:x',
    'data:text/html,x',
    '/x',
    null,
  ]
  expect(values.map((value) => show('value | web_url', value))).toEqual([
    'https://a.example/b?c=1',
    '',
    '',
    '',
    '',
    '',
  ])
})

test('every filter takes anything', () => {
  const filters = [
    'money',
    'money: value',
    'date',
    'date: value',
    'title_case',
    'initials',
    'tint',
    'web_url',
  ]
  fc.assert(
    fc.property(fc.constantFrom(...filters), fc.jsonValue(), (filter, value) => {
      expect(show(`value | ${filter}`, value)).toEqual(expect.any(String))
    }),
  )
})

test('a page prints any value escaped, and text prints it as it is', () => {
  const html = liquid.html('<b title="{{ value }}">{{ value }}</b>', 'x')
  const text = liquid.text('{{ value }}', 'x')
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', '{{', '%}', 'a') }), (value) => {
      expect(html({ value })).toMatch(/^<b title="([^"<>']*)">\1<\/b>$/)
      expect(text({ value })).toBe(value)
    }),
  )
})

test('a value reaches no file and nothing but its own properties', () => {
  expect(show('value.constructor.name', { a: 1 })).toBe('')
  expect(() => liquid.text('{% include "/etc/passwd" %}', 'x')({})).toThrow(/^x:1: ENOENT/)
})

test('an endless render is ended', () => {
  const render = liquid.text('{% for i in (1..100000000) %}{% endfor %}', 'x')
  expect(() => render({})).toThrow(/x:1: memory alloc limit exceeded/)
})
