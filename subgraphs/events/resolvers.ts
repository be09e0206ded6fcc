import type { Event } from '../../core/events/event.ts'
import type { EventProduct, OrderLine, Resolvers } from '../../schema/generated/events.ts'
import type { EntityReference } from '../../schema/models.ts'
import { boundedInt } from '../bad-input.ts'
import { pageInfo } from '../connection.ts'
import { dateTimeScalar, jsonScalar, safeIntScalar } from '../scalars.ts'
import type { EventsContext } from './context.ts'
import { loadEventPage } from './event-page.ts'
import { productsOf, propertiesOf, type ProductEntry } from './event-products.ts'

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
  },

  Order: {
    async lines({ id }, { first }, context) {
      const size = boundedInt('first', first, { fallback: 50, min: 1, max: 500 })
      const entries = await loadEntries(id, context)
      return entries && entries.slice(0, size).map(toLine)
    },
    async lineCount({ id }, _, context) {
      return (await loadEntries(id, context))?.length ?? null
    },
  },

  Event: {
    id: ({ key }) => key,
    properties: propertiesOf,
    products: (event, _, { currency }) => entriesOf(event, currency).map(toEventProduct),
  },

  EventConnection: {
    pageInfo,
    totalCount: ({ trails, names }, _, { loaders }) => loaders.eventCounts.load({ trails, names }),
  },
}

async function loadEntries(id: string, { loaders, currency }: EventsContext): Promise<ProductEntry[] | null> {
  const event = await loaders.events.load(id)
  return event && entriesOf(event, currency)
}

function entriesOf(event: Event, currency: string): ProductEntry[] {
  return event.type === 'track' ? productsOf(event, currency) : []
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
