import { currencyExponent, normalizeCurrency } from './currency.ts'

/**
 * An amount in major units (`25.5`, `"25.50"`) as integer minor units of the currency, rounded half away from zero
 * where it has more decimals than the currency. Exact: a number stands for its shortest decimal text, so 1.005 is
 * 1.005 and not the binary fraction beside it. Null when the amount is no decimal number, the currency no ISO 4217
 * code, or the result is not a safe integer.
 */
export function toMinorUnits(amount: number | string, currency: string): number | null {
  return lineTotal(1, amount, currency)
}

/** `quantity x price` in minor units of the currency, rounded once. Exact, and null, as `toMinorUnits`. */
export function lineTotal(
  quantity: number | string,
  price: number | string,
  currency: string,
): number | null {
  const code = normalizeCurrency(currency)
  if (code === null) return null
  const exponent = currencyExponent(code)
  if (typeof quantity === 'number' && typeof price === 'number') {
    const total = smallTotal(quantity, price, exponent)
    if (total !== null) return total
  }
  const a = parseDecimal(quantity)
  const b = parseDecimal(price)
  if (a === null || b === null) return null
  return safeNumber(rescale(a.digits * b.digits, a.scale + b.scale, exponent))
}

/** Decimals tried for a price without going through its text: most have at most two, nearly all four. */
const SCALES = [0, 2, 4] as const

/**
 * The same in ordinary arithmetic, for a whole quantity and a price of few digits. Null: take the exact way.
 *
 * `digits / 10^scale` divides two exact integers, so it is the double nearest to that decimal; and two decimals of
 * at most 15 digits never share a double. When it equals the price, that decimal is the price's shortest text.
 */
function smallTotal(quantity: number, price: number, exponent: number): number | null {
  if (!Number.isSafeInteger(quantity)) return null
  for (const scale of SCALES) {
    const unit = powerOfTen(scale)
    const digits = Math.round(price * unit)
    if (!(Math.abs(digits) < 1e15)) return null
    if (digits / unit !== price) continue
    const product = quantity * digits
    if (!Number.isSafeInteger(product)) return null
    if (scale > exponent) return roundedQuotient(product, powerOfTen(scale - exponent))
    const total = product * powerOfTen(exponent - scale)
    return Number.isSafeInteger(total) ? total + 0 : null
  }
  return null
}

function powerOfTen(power: number): number {
  let value = 1
  for (let i = 0; i < power; i++) value *= 10
  return value
}

/** Half away from zero. `+ 0` turns a negative zero into zero. */
function roundedQuotient(value: number, divisor: number): number {
  const rest = value % divisor
  const quotient = (value - rest) / divisor
  if (Math.abs(rest) * 2 < divisor) return quotient + 0
  return quotient + Math.sign(value)
}

/** The value is `digits / 10^scale`. */
interface Decimal {
  digits: bigint
  scale: number
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/

/** Bounds what an amount's text may cost: beyond it no amount of money is meant. */
const MAX_DECIMAL_LENGTH = 64

function parseDecimal(value: number | string): Decimal | null {
  const text = typeof value === 'number' ? String(value) : value.trim()
  if (text.length > MAX_DECIMAL_LENGTH) return null
  const parts = DECIMAL.exec(text)
  if (parts === null) return null
  const [, sign = '', whole = '', fraction = '', power = '0'] = parts
  if (whole === '' && fraction === '') return null
  const digits = BigInt(whole + fraction)
  return { digits: sign === '-' ? -digits : digits, scale: fraction.length - Number(power) }
}

/** `digits / 10^from` as a multiple of `10^-to`, rounded half away from zero. */
function rescale(digits: bigint, from: number, to: number): bigint | null {
  if (digits === 0n) return 0n
  const shift = to - from
  if (shift > MAX_DECIMAL_LENGTH) return null
  if (shift >= 0) return digits * 10n ** BigInt(shift)
  if (shift < -3 * MAX_DECIMAL_LENGTH) return 0n
  const divisor = 10n ** BigInt(-shift)
  const magnitude = digits < 0n ? -digits : digits
  const rounded = (magnitude * 2n + divisor) / (divisor * 2n)
  return digits < 0n ? -rounded : rounded
}

function safeNumber(value: bigint | null): number | null {
  if (value === null) return null
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : null
}
