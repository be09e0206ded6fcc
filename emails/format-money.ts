import { currencyExponent, normalizeCurrency } from '../core/currency.ts'
import { isJsonObject } from '../core/json.ts'

/**
 * An amount as people write it: £12.50, ¥1,250. `value` is a Money of the graph, or integer minor units with the
 * currency beside them. Empty for anything else.
 */
export function formatMoney(value: unknown, currency: unknown, language: string): string {
  const money = isJsonObject(value) ? value : null
  const amount = money === null ? value : money['amount']
  const code = normalizeCurrency(money === null ? currency : money['currency'])
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount) || code === null) return ''
  const exponent = currencyExponent(code)
  return formatter(language, code, exponent).format(amount / 10 ** exponent)
}

/** Making a formatter costs a hundred times what using one does. */
const formatters = new Map<string, Intl.NumberFormat>()
const MAX_FORMATTERS = 200

function formatter(language: string, currency: string, exponent: number): Intl.NumberFormat {
  const key = `${language} ${currency}`
  const known = formatters.get(key)
  if (known !== undefined) return known
  const made = new Intl.NumberFormat(language, {
    style: 'currency',
    currency,
    minimumFractionDigits: exponent,
    maximumFractionDigits: exponent,
  })
  if (formatters.size >= MAX_FORMATTERS) formatters.clear()
  formatters.set(key, made)
  return made
}
