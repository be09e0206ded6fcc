import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { currencyExponent, normalizeCurrency } from './currency.ts'
import { lineTotal, toMinorUnits } from './money.ts'

describe('toMinorUnits', () => {
  it.each([
    [25.5, 'GBP', 2550],
    ['25.50', 'GBP', 2550],
    [1.005, 'USD', 101],
    [-1.005, 'USD', -101],
    [8.165, 'EUR', 817],
    [0.1, 'EUR', 10],
    [-0, 'EUR', 0],
    [-0.001, 'EUR', 0],
    [1234, 'JPY', 1234],
    [1234.5, 'JPY', 1235],
    [1.2345, 'KWD', 1235],
    [1.23455, 'CLF', 12346],
    [1e-7, 'USD', 0],
    [' 7 ', 'usd', 700],
    ['1e2', 'USD', 10000],
    ['90071992547409.91', 'USD', Number.MAX_SAFE_INTEGER],
  ])('takes %s %s for %s minor units', (amount, currency, minor) => {
    expect(toMinorUnits(amount, currency)).toBe(minor)
  })

  it.each([
    [Number.NaN, 'USD'],
    [Number.POSITIVE_INFINITY, 'USD'],
    [1e300, 'USD'],
    ['90071992547409.92', 'USD'],
    ['', 'USD'],
    ['.', 'USD'],
    ['1,5', 'USD'],
    ['£5', 'USD'],
    ['0x10', 'USD'],
    ['1e9999', 'USD'],
    [5, 'EURO'],
    [5, ''],
  ])('has no answer for %s %s', (amount, currency) => {
    expect(toMinorUnits(amount, currency)).toBeNull()
  })

  it('refuses endless digits without working on them', () => {
    expect(toMinorUnits('9'.repeat(1_000_000), 'USD')).toBeNull()
  })
})

describe('lineTotal', () => {
  it('rounds once, after multiplying', () => {
    expect(lineTotal(3, 0.335, 'GBP')).toBe(101)
    expect(lineTotal(-3, 0.335, 'GBP')).toBe(-101)
    expect(lineTotal(1, 0.335, 'GBP')).toBe(34)
  })

  it('takes a fraction of a piece, and text as it comes from a file', () => {
    expect(lineTotal(0.5, 2.55, 'GBP')).toBe(128)
    expect(lineTotal('1.5', '2.55', 'GBP')).toBe(383)
  })

  it('agrees with long multiplication on the decimal text, whatever the currency', () => {
    const decimal = fc.oneof(
      fc
        .tuple(fc.integer({ min: -10_000_000, max: 10_000_000 }), fc.integer({ min: 0, max: 5 }))
        .map(([digits, scale]) => digits / 10 ** scale),
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
    )
    fc.assert(
      fc.property(
        decimal,
        decimal,
        fc.constantFrom('JPY', 'GBP', 'KWD', 'CLF'),
        (quantity, price, currency) => {
          expect(lineTotal(quantity, price, currency)).toBe(longMultiplication(quantity, price, currency))
        },
      ),
      { numRuns: 3_000 },
    )
  })
})

describe('currencies', () => {
  it('reads a code in any case, and nothing else', () => {
    expect(normalizeCurrency(' gbp ')).toBe('GBP')
    expect([null, 5, '', 'GB', 'GBPX', 'G1P', '£'].map(normalizeCurrency)).toEqual(Array(7).fill(null))
  })

  it('knows the currencies that have no hundredths', () => {
    expect(['GBP', 'KRW', 'BHD', 'CLF', 'XYZ'].map(currencyExponent)).toEqual([2, 0, 3, 4, 2])
  })
})

/** With every digit of both written out. */
function longMultiplication(quantity: number, price: number, currency: string): number | null {
  const places = 400
  const unit = 10n ** BigInt(2 * places - currencyExponent(currency))
  const product = fixed(quantity, places) * fixed(price, places)
  const magnitude = product < 0n ? -product : product
  const rounded = magnitude / unit + (magnitude % unit >= unit / 2n ? 1n : 0n)
  const total = Number(product < 0n ? -rounded : rounded)
  return Number.isSafeInteger(total) ? total : null
}

function fixed(value: number, places: number): bigint {
  const [mantissa = '', power = '0'] = String(value).split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  return BigInt(whole + fraction + '0'.repeat(places - fraction.length + Number(power)))
}
