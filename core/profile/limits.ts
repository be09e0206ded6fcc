import { compareText } from './newest.ts'
import type { ProfileState, StateLimits } from './profile.ts'

/** What a state keeps one by one, of a trail as of a profile. */
export const STATE_LIMITS: StateLimits = { purchases: 100, activity: 1_000, traits: 300, currencies: 20 }
/** How many products of each sort, and how many events, a state remembers. */
export const PRODUCTS_KEPT = 50
export const RECENT_KEPT = 50
/** Of a trait's value as JSON, and of its name. */
export const MAX_TRAIT_CHARS = 2_048
export const MAX_TRAIT_NAME_CHARS = 200

/*
 * What is kept is the top of a fixed order in which an item only ever rises (a trait by when it was said last, a
 * purchase by when it was heard of last) or stays (a currency): so what has fallen out cannot belong there again, and
 * the rest is the same whatever came first.
 */

/** The traits that were said last; notes when there are more. Changes the state in place. */
export function limitTraits(state: ProfileState, limit: number): void {
  const fields = Object.entries(state.traits)
  if (fields.length <= limit) return
  state.omitted = { ...state.omitted, traits: true }
  fields.sort(([x, a], [y, b]) => b.at - a.at || compareText(b.key, a.key) || compareText(x, y))
  for (const [field] of fields.slice(limit)) delete state.traits[field]
}

/** The currencies that people use most; notes when there are more. Changes the state in place. */
export function limitCurrencies(state: ProfileState, limit: number): void {
  const codes = Object.keys(state.currencies)
  if (codes.length <= limit) return
  state.omitted = { ...state.omitted, currencies: true }
  codes.sort((a, b) => rankOf(a) - rankOf(b) || compareText(a, b))
  for (const code of codes.slice(limit)) delete state.currencies[code]
}

/** By their share of currency trade (BIS, Triennial Survey 2022); all others come after them, in order of code. */
const MOST_TRADED =
  'USD EUR JPY GBP CNY AUD CAD CHF HKD SGD SEK KRW NOK NZD INR MXN TWD ZAR BRL DKK PLN THB ILS IDR CZK'
const RANKS: ReadonlyMap<string, number> = new Map(MOST_TRADED.split(' ').map((code, rank) => [code, rank]))

function rankOf(code: string): number {
  return RANKS.get(code) ?? RANKS.size
}
