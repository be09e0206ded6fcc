import { normalizeCurrency } from '../../core/currency.ts'
import type { ProfileView } from '../../core/profile/profile.ts'
import type { Metrics } from '../../schema/generated/profiles.ts'
import { badInput } from '../bad-input.ts'

const DAY_MS = 86_400_000

/**
 * What a person has spent in one currency, as of `now`; zeros where there is nothing in it.
 * @throws MonogramError BAD_USER_INPUT when the currency is no ISO 4217 code
 */
export function metricsIn(view: ProfileView, currency: string, now: number): Metrics {
  const code = normalizeCurrency(currency)
  if (code === null) throw badInput(`currency: expected an ISO 4217 code such as GBP, got "${currency}"`)
  const known = Object.hasOwn(view.metrics, code) ? view.metrics[code] : undefined
  const { orders, grossRevenue, refunded, firstOrderAt, lastOrderAt } = known ?? NOTHING
  const money = (amount: number) => ({ amount, currency: code })
  const revenue = money(grossRevenue - refunded)
  return {
    currency: code,
    orders,
    grossRevenue: money(grossRevenue),
    refunded: money(refunded),
    revenue,
    averageOrderValue: orders === 0 ? null : money(roundedQuotient(grossRevenue, orders)),
    firstOrderAt,
    lastOrderAt,
    rfm: {
      recencyDays: lastOrderAt === null ? null : Math.max(0, Math.floor((now - lastOrderAt) / DAY_MS)),
      frequency: orders,
      monetary: revenue,
    },
  }
}

const NOTHING = { orders: 0, grossRevenue: 0, refunded: 0, firstOrderAt: null, lastOrderAt: null }

/** Integers, half away from zero. */
function roundedQuotient(value: number, divisor: number): number {
  const rest = value % divisor
  const quotient = (value - rest) / divisor
  return Math.abs(rest) * 2 < divisor ? quotient : quotient + Math.sign(value)
}
