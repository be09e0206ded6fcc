import type { EventProduct, OrderLine, Resolvers } from '../../schema/generated/events.ts'
import type { EntityReference } from '../../schema/models.ts'
import { boundedInt } from '../bad-input.ts'
import { pageInfo } from '../connection.ts'
import { dateTimeScalar, jsonScalar, safeIntScalar } from '../scalars.ts'
import type { EventsContext } from './context.ts'
import { loadEventPage } from './event-page.ts'
import { countProducts, productsOf, propertiesOf, type ProductEntry } from './event-products.ts'

const CONFLICTS = { fallback: 20, min: 1, max: 100 }

type WithReference<Line extends { product: unknown }> = Omit<Line, 'product'> & { product: EntityReference }

export const resolvers: Resolvers<EventsContext> = {
  DateTime: dateTimeScalar,
  JSON: jsonScalar,
  SafeInt: safeIntScalar,

  Profile: {
    async events({ id }, args, { loaders }) {
      const profile = await loaders.profiles.load(id)
      return profile && loadEventPage(profile, args, loaders)
    },
    async conflicts({ id }, { first }, { loaders }) {
      const limit = boundedInt('first', first, CONFLICTS)
      const profile = await loaders.profiles.load(id)
      return profile && loaders.trailConflicts.load({ trails: Object.keys(profile.basis.trails), limit })
    },
  },

  Order: {
    async lines({ id }, { first }, { loaders, currency }) {
      const size = boundedInt('first', first, { fallback: 50, min: 1, max: 500 })
      const event = await loaders.events.load(id)
      return event && productsOf(event, currency, size).map(toLine)
    },
    async lineCount({ id }, _, { loaders }) {
      const event = await loaders.events.load(id)
      return event && countProducts(event)
    },
  },

  Event: {
    id: ({ key }) => key,
    properties: propertiesOf,
    products: (event, _, { currency }) => productsOf(event, currency).map(toEventProduct),
    late: ({ meta }) => meta?.late ?? false,
    unnormalised: ({ meta }) => [...(meta?.unnormalised ?? [])],
    conflicts: ({ key }, { first }, { loaders }) =>
      loaders.eventConflicts.load({ key, limit: boundedInt('first', first, CONFLICTS) }),
  },

  EventConflict: {
    event: ({ key }, _, { loaders }) => loaders.events.load(key),
  },

  EventConnection: {
    pageInfo,
    totalCount: ({ trails, names }, _, { loaders }) => loaders.eventCounts.load({ trails, names }),
  },
}

function toLine({
  productId,
  title,
  quantity,
  price,
  total,
  currency,
}: ProductEntry): WithReference<OrderLine> {
  return {
    productId,
    product: { id: productId },
    title,
    quantity: quantity ?? 1,
    price: price === null ? null : { amount: price, currency },
    total: total === null ? null : { amount: total, currency },
  }
}

function toEventProduct({ productId, quantity, price, currency }: ProductEntry): WithReference<EventProduct> {
  return {
    productId,
    product: { id: productId },
    quantity,
    price: price === null ? null : { amount: price, currency },
  }
}
