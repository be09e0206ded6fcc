export const PROFILES = 10_000
export const PRODUCTS = 2_000

export interface Profile {
  id: string
  version: number
  email: string
  firstName: string
  lastName: string
  locale: string
}

export interface Product {
  id: string
  title: string
  /** In minor units. */
  price: number
  image: string
  url: string
}

export interface Event {
  id: string
  type: string
  occurredAt: string
  productId: string
}

export interface Recommendation {
  score: number
  reason: string
  productId: string
}

/** What the subgraphs hold: the same in each run, so that an expected answer can be computed without asking them. */
export const dataset = {
  profileId: (n: number): string => `profile-${n % PROFILES}`,

  profile(id: string): Profile | null {
    const n = numberOf(id, 'profile-', PROFILES)
    if (n === null) return null
    const firstName = pick(FIRST_NAMES, n)
    const lastName = pick(LAST_NAMES, scatter(n, 1))
    const email = `${firstName}.${lastName}.${n}@example.com`.toLowerCase()
    return { id, version: 1 + (n % 97), email, firstName, lastName, locale: pick(LOCALES, n) }
  },

  product(id: string): Product | null {
    const n = numberOf(id, 'product-', PRODUCTS)
    if (n === null) return null
    const title = `${pick(COLOURS, n)} ${pick(THINGS, scatter(n, 2))} No. ${n}`
    const image = `https://images.example.com/${n}.jpg`
    return { id, title, price: 199 + (scatter(n, 3) % 9_800), image, url: `https://shop.example.com/p/${n}` }
  },

  /** Newest first. */
  events(profileId: string, first: number): Event[] {
    const n = numberOf(profileId, 'profile-', PROFILES) ?? 0
    return Array.from({ length: first }, (_, i) => ({
      id: `event-${n}-${i}`,
      type: pick(EVENT_TYPES, n + i),
      occurredAt: new Date(NEWEST - n * 60_000 - i * 86_400_000).toISOString(),
      productId: `product-${scatter(n, 10 + i) % PRODUCTS}`,
    }))
  },

  recommendations(profileId: string, first: number): Recommendation[] {
    const n = numberOf(profileId, 'profile-', PROFILES) ?? 0
    return Array.from({ length: first }, (_, i) => ({
      score: Math.round(9_500 / (i + 1) + (n % 100)) / 10_000,
      reason: `Because you bought ${pick(THINGS, n + i)}`,
      productId: `product-${scatter(n, 20 + i) % PRODUCTS}`,
    }))
  },
}

const NEWEST = Date.UTC(2026, 0, 31)
const FIRST_NAMES = ['Ada', 'Grace', 'Alan', 'Edsger', 'Barbara', 'Donald', 'Frances', 'John']
const LAST_NAMES = ['Lovelace', 'Hopper', 'Turing', 'Dijkstra', 'Liskov', 'Knuth', 'Allen', 'Backus']
const LOCALES = ['en-GB', 'de-DE', 'fr-FR', 'nl-NL']
const COLOURS = ['Red', 'White', 'Blue', 'Green', 'Ivory', 'Pink', 'Black']
const THINGS = ['Lunch Box', 'Tea Towel', 'Cake Stand', 'Hot Water Bottle', 'Paper Chain', 'Night Light']
const EVENT_TYPES = ['Product Viewed', 'Product Added', 'Order Completed']

function pick(from: readonly string[], n: number): string {
  return from[n % from.length] ?? ''
}

/** The number in an id such as `profile-42`; null when there is no such row. */
function numberOf(id: string, prefix: string, count: number): number | null {
  const n = id.startsWith(prefix) ? Number(id.slice(prefix.length)) : Number.NaN
  return Number.isInteger(n) && n >= 0 && n < count ? n : null
}

/** A number that looks random and is the same each time (multiplicative hashing, Knuth volume 3, 6.4). */
function scatter(n: number, salt: number): number {
  return Math.imul(n * 31 + salt + 1, 2_654_435_761) >>> 8
}
