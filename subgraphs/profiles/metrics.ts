import { normalizeCurrency } from '../../core/currency.ts'
import type { ProfileDocument, RollingView } from '../../core/profile/profile.ts'
import { ROLLING_DAYS } from '../../core/profile/rolling.ts'
import type { RollingMetrics } from '../../schema/generated/profiles.ts'
import type { MetricsModel } from '../../schema/models.ts'
import { badInput } from '../bad-input.ts'

const DAY_MS = 86_400_000

/**
 * What a person has spent in one currency, as of `now`; zeros where there is nothing in it.
 * @throws MonogramError BAD_USER_INPUT when the currency is no ISO 4217 code
 */
export function metricsIn(profile: ProfileDocument, currency: string, now: number): MetricsModel {
  const code = normalizeCurrency(currency)
  if (code === null) throw badInput(`currency: expected an ISO 4217 code such as GBP, got "${currency}"`)
  const { metrics } = profile.view
  const known = Object.hasOwn(metrics, code) ? metrics[code] : undefined
  const { orders, grossRevenue, refunded, firstOrderAt, lastOrderAt } = known ?? NOTHING
  const money = (amount: number) => ({ amount, currency: code })
  const revenue = money(grossRevenue - refunded)
  return {
    profile,
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

/**
 * The figures of one window.
 * @throws MonogramError BAD_USER_INPUT when there is no window of so many days
 */
export function rollingIn(windows: RollingView['windows'], days: number, currency: string): RollingMetrics {
  const figures = windows[days]
  if (!figures) throw badInput(`days: expected one of ${ROLLING_DAYS.join(', ')}, got ${days}`)
  return {
    days,
    orders: figures.orders[currency] ?? 0,
    revenue: { amount: figures.revenue[currency] ?? 0, currency },
    views: figures.views,
    carts: figures.carts,
  }
}

/** Integers, half away from zero. */
function roundedQuotient(value: number, divisor: number): number {
  const rest = value % divisor
  const quotient = (value - rest) / divisor
  return Math.abs(rest) * 2 < divisor ? quotient : quotient + Math.sign(value)
}
