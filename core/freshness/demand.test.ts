import { expect, test } from 'vitest'
import { hash128 } from '../hash.ts'
import { homeProfile } from '../identity/identity-key.ts'
import { formatDemand, formatDemands, MAX_DEMANDS, parseDemands } from './demand.ts'
import { formatReceipt, parseReceipt } from './receipt.ts'

const key = hash128('an event')
const receipt = formatReceipt(key)
const ada = homeProfile('userId:ada')

test('a receipt names its event, and is recognised as none when a character is wrong or missing', () => {
  expect(parseReceipt(receipt)).toBe(key)
  for (let at = 0; at < receipt.length; at++) {
    const other = receipt[at] === 'x' ? 'y' : 'x'
    expect(parseReceipt(receipt.slice(0, at) + other + receipt.slice(at + 1))).toBeNull()
  }
  expect(parseReceipt(receipt.slice(0, -1))).toBeNull()
  expect(parseReceipt('')).toBeNull()
})

test('a header has receipts and versions of profiles, each taken once', () => {
  const demands = parseDemands(` ${receipt}, ${ada}:12,${receipt} ,`, 'x-monogram-after')
  expect(demands).toEqual([
    { kind: 'event', key },
    { kind: 'version', id: ada, version: 12 },
  ])
  expect(formatDemands(demands)).toBe(`${receipt},${ada}:12`)
  expect(parseDemands('', 'x-monogram-after')).toEqual([])
})

test.each([`${receipt}x`, key, ada, `${ada}:`, `${ada}:-1`, `${ada}:1.5`, 'userId:1', '\0'])(
  '%j is refused with what was expected',
  (text) => {
    expect(() => parseDemands(`${receipt},${text}`, 'after')).toThrow(
      expect.objectContaining({
        code: 'RECEIPT_INVALID',
        message: expect.stringContaining('after: expected'),
      }),
    )
  },
)

test('there is a bound to how many', () => {
  const many = (count: number): string =>
    Array.from({ length: count }, (_, i) => formatDemand({ kind: 'version', id: ada, version: i })).join(',')
  expect(parseDemands(many(MAX_DEMANDS), 'after')).toHaveLength(MAX_DEMANDS)
  expect(() => parseDemands(many(MAX_DEMANDS + 1), 'after')).toThrow('after: got 51, expected at most 50')
})
