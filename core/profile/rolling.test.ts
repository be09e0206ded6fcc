import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ProfileState, Purchase } from './profile.ts'
import { ROLLING_DAYS, rollingView } from './rolling.ts'
import { emptyState } from './state.ts'

const DAY = 86_400_000
const NOW = 100 * DAY

test('an event of time t counts from t on, and no more at t + window, to the millisecond', () => {
  const state: ProfileState = { ...emptyState(), views: [NOW] }
  const views = (at: number): number[] =>
    ROLLING_DAYS.map((days) => rollingView(state, at).windows[days]?.views ?? -1)
  expect(views(NOW - 1)).toEqual([0, 0, 0])
  expect(views(NOW)).toEqual([1, 1, 1])
  expect(views(NOW + 7 * DAY - 1)).toEqual([1, 1, 1])
  expect(views(NOW + 7 * DAY)).toEqual([0, 1, 1])
  expect(views(NOW + 90 * DAY)).toEqual([0, 0, 0])
})

test('the next change is when something comes to count or ceases to; never, when all is past', () => {
  const state: ProfileState = { ...emptyState(), views: [NOW + 5, NOW - 3 * DAY] }
  expect(rollingView(state, NOW).nextChangeAt).toBe(NOW + 5)
  expect(rollingView(state, NOW + 5).nextChangeAt).toBe(NOW + 4 * DAY)
  expect(rollingView(state, NOW + 200 * DAY).nextChangeAt).toBeNull()
})

test('refunds of the window are taken off, each currency by itself', () => {
  const order = (gross: number, currency: string): Purchase => ({
    order: { gross, currency, orderedAt: NOW - DAY, at: NOW - DAY, key: 'k' },
    heardAt: NOW - DAY,
  })
  const refund = { amount: 200, currency: 'GBP', at: NOW - 8 * DAY, key: 'r' }
  const state: ProfileState = {
    ...emptyState(),
    purchases: { 'o:a': order(500, 'GBP'), 'o:b': order(900, 'EUR'), 'r:a': { refund, heardAt: refund.at } },
    currencies: { GBP: { first: null, last: null }, EUR: { first: null, last: null } },
  }
  const { windows } = rollingView(state, NOW)
  expect(windows[7]).toMatchObject({ orders: { GBP: 1, EUR: 1 }, revenue: { GBP: 500, EUR: 900 } })
  expect(windows[30]).toMatchObject({ revenue: { GBP: 300, EUR: 900 } })
})

test('nothing changes before the next change, and something that is counted can only change there', () => {
  const times = fc.array(
    fc.integer({ min: 0, max: 400 }).map((half) => (half * DAY) / 2),
    { maxLength: 8 },
  )
  fc.assert(
    fc.property(
      times,
      times,
      fc.integer({ min: 0, max: 300 * DAY }),
      fc.nat({ max: 400 * DAY }),
      (views, carts, now, step) => {
        const state: ProfileState = { ...emptyState(), views, carts }
        const { windows, nextChangeAt } = rollingView(state, now)
        const until = nextChangeAt === null ? now + step : Math.min(now + step, nextChangeAt - 1)
        expect(rollingView(state, until).windows).toEqual(windows)
        expect(windows).toEqual(bruteForce(state, now))
      },
    ),
  )
})

function bruteForce(state: ProfileState, now: number): unknown {
  const within = (times: number[], days: number): number =>
    times.filter((time) => now - days * DAY < time && time <= now).length
  return Object.fromEntries(
    ROLLING_DAYS.map((days) => [
      days,
      { orders: {}, revenue: {}, views: within(state.views, days), carts: within(state.carts, days) },
    ]),
  )
}
