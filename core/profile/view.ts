import { splitIdentityKey, type IdentityKey } from '../identity/identity-key.ts'
import { sameJson, type JsonValue } from '../json.ts'
import { PRODUCTS_KEPT } from './limits.ts'
import { metricsByCurrency } from './metrics.ts'
import { compareText, newestProducts } from './newest.ts'
import type { ProductTouch, ProfileState, ProfileView, RecentOrder, TraitState } from './profile.ts'
import { searchWords, wordAndParts } from './search-words.ts'

export const RECENT_ORDERS_KEPT = 20
export const MAX_SEARCH_TERMS = 40

/** What readers see of a state and the keys that it belongs to. The same state always gives the same view. */
export function profileView(state: ProfileState, keys: readonly IdentityKey[]): ProfileView {
  const omitted = omittedParts(state)
  return {
    identities: sortedIdentities(keys),
    firstSeenAt: state.firstSeenAt,
    lastSeenAt: state.lastSeenAt,
    eventCount: state.events,
    traits: traitValues(state.traits),
    metrics: metricsByCurrency(state),
    recentOrders: recentOrders(state),
    bought: newestProducts(state.bought, PRODUCTS_KEPT),
    viewed: newestProducts(state.viewed, PRODUCTS_KEPT),
    recent: state.recent,
    ...(omitted.length > 0 && { omitted }),
  }
}

/** The graph's fields of Profile that read differently now. Before null: those of somebody new that say something. */
export function changedFields(before: ProfileView | null, after: ProfileView): string[] {
  const old = before ?? NOBODY
  return Object.keys(FIELDS).filter((field) => !FIELDS[field]?.(old, after))
}

/** The value of a trait; null when it is not known. Safe for any name, also `constructor`. */
export function traitOf(view: ProfileView, key: string): JsonValue {
  return Object.hasOwn(view.traits, key) ? (view.traits[key] ?? null) : null
}

/** What a profile is found by, most telling first: names, then e-mail addresses and other identities. */
export function searchTerms(view: ProfileView): string[] {
  const names = NAME_TRAITS.map((trait) => traitOf(view, trait))
  const addresses = [traitOf(view, 'email'), ...view.identities.map((key) => splitIdentityKey(key).value)]
  const terms = [
    ...names.flatMap(wordsOf).flatMap(wordAndParts),
    ...addresses.flatMap(wordsOf).flatMap((word) => (word.includes('@') ? wordAndParts(word) : [word])),
  ]
  return [...new Set(terms)].slice(0, MAX_SEARCH_TERMS)
}

const NAME_TRAITS = ['firstName', 'lastName', 'name'] as const

type Same = (a: ProfileView, b: ProfileView) => boolean

const sameTrait =
  (key: string): Same =>
  (a, b) =>
    sameJson(traitOf(a, key), traitOf(b, key))

/** An event is what its key says, and products are many: these need no walk through every member. */
const sameEvents: Same = (a, b) =>
  a.eventCount === b.eventCount && sameItems(a.recent, b.recent, (x, y) => x.key === y.key)
const sameProducts: Same = (a, b) =>
  sameItems(a.bought, b.bought, sameTouch) && sameItems(a.viewed, b.viewed, sameTouch)

/** Each field of the graph, and whether two views answer it the same. */
const FIELDS: Record<string, Same> = {
  identities: (a, b) => sameJson(a.identities, b.identities),
  email: sameTrait('email'),
  firstName: sameTrait('firstName'),
  lastName: sameTrait('lastName'),
  locale: sameTrait('locale'),
  firstSeenAt: (a, b) => a.firstSeenAt === b.firstSeenAt,
  lastSeenAt: (a, b) => a.lastSeenAt === b.lastSeenAt,
  eventCount: (a, b) => a.eventCount === b.eventCount,
  traits: (a, b) => sameJson(a.traits, b.traits),
  consent: sameTrait('consent'),
  metrics: (a, b) => sameJson(a.metrics, b.metrics),
  lastOrder: (a, b) => sameJson(a.recentOrders[0] ?? null, b.recentOrders[0] ?? null),
  recentOrders: (a, b) => sameJson(a.recentOrders, b.recentOrders),
  events: sameEvents,
  recommendations: sameProducts,
  omitted: (a, b) => sameJson(a.omitted ?? [], b.omitted ?? []),
}

function sameItems<T>(a: readonly T[], b: readonly T[], same: (x: T, y: T) => boolean): boolean {
  return a.length === b.length && a.every((item, index) => b[index] !== undefined && same(item, b[index]))
}

function sameTouch(a: ProductTouch, b: ProductTouch): boolean {
  return a.productId === b.productId && a.at === b.at
}

const NOBODY: ProfileView = {
  identities: [],
  firstSeenAt: null,
  lastSeenAt: null,
  eventCount: 0,
  traits: {},
  metrics: {},
  recentOrders: [],
  bought: [],
  viewed: [],
  recent: [],
}

function wordsOf(value: JsonValue): string[] {
  return typeof value === 'string' ? searchWords(value) : []
}

const KIND_RANKS: ReadonlyMap<string, number> = new Map(
  ['userId', 'email', 'phone', 'anonymousId'].map((kind, rank) => [kind, rank]),
)

function sortedIdentities(keys: readonly IdentityKey[]): IdentityKey[] {
  return [...new Set(keys)].sort((a, b) => kindRank(a) - kindRank(b) || compareText(a, b))
}

function kindRank(key: IdentityKey): number {
  return KIND_RANKS.get(splitIdentityKey(key).kind) ?? KIND_RANKS.size
}

/** In order of name. A trait that was set to null is not there, though the state remembers when that was said. */
function traitValues(traits: Record<string, TraitState>): Record<string, JsonValue> {
  const entries = Object.entries(traits).map(([field, { value }]) => [field, value] as const)
  return Object.fromEntries(
    entries.filter(([, value]) => value !== null).sort(([a], [b]) => compareText(a, b)),
  )
}

/** The newest of those that are kept. An order is kept by when it was last heard of: so an old one may be missing. */
function recentOrders({ purchases }: ProfileState): RecentOrder[] {
  return Object.entries(purchases)
    .flatMap(([ref, { order }]): RecentOrder[] => {
      if (!order) return []
      const { key, orderedAt, gross, currency } = order
      return [{ orderId: ref.slice(2), key, orderedAt, gross: gross ?? 0, currency }]
    })
    .sort((a, b) => b.orderedAt - a.orderedAt || compareText(a.orderId, b.orderId))
    .slice(0, RECENT_ORDERS_KEPT)
}

/** What was sent and is not kept, in order of name. */
function omittedParts({ traits, omitted }: ProfileState): string[] {
  const fields = Object.entries(traits).flatMap(([field, { chars }]) =>
    chars === undefined ? [] : [`traits.${field}`],
  )
  return [
    ...(omitted.currencies ? ['currencies'] : []),
    ...(omitted.traits ? ['traits'] : []),
    ...fields.sort(compareText),
  ]
}
