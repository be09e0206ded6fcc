/** ISO 4217, list one: the currencies whose minor unit is not a hundredth. */
const EXPONENTS: ReadonlyMap<string, number> = new Map([
  ...['BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG'].map((code) => [code, 0] as const),
  ...['RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'].map((code) => [code, 0] as const),
  ...['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'].map((code) => [code, 3] as const),
  ...['CLF', 'UYW'].map((code) => [code, 4] as const),
])

const CODE = /^[A-Z]{3}$/

/** A currency code as ISO 4217 writes it: three capital letters. Null when the value is none. */
export function normalizeCurrency(raw: unknown): string | null {
  if (typeof raw !== 'string') return null
  if (CODE.test(raw)) return raw
  const code = raw.trim().toUpperCase()
  return CODE.test(code) ? code : null
}

/** How many decimals the minor unit has: 2 for GBP, 0 for JPY, 3 for KWD, 4 for CLF. */
export function currencyExponent(currency: string): number {
  return EXPONENTS.get(currency) ?? 2
}
