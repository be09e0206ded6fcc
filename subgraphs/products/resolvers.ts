import type { Resolvers } from '../../schema/generated/products.ts'
import { boundedList } from '../bad-input.ts'
import { dateTimeScalar, safeIntScalar } from '../scalars.ts'
import type { ProductsContext } from './context.ts'

const MAX_IDS = 500

export const resolvers: Resolvers<ProductsContext> = {
  DateTime: dateTimeScalar,
  SafeInt: safeIntScalar,

  Query: {
    product: (_, { id }, { loaders }) => loaders.products.load(id),
    products: (_, { ids }, { loaders }) =>
      Promise.all(boundedList('ids', ids, MAX_IDS).map((id) => loaders.products.load(id))),
  },

  Product: {
    __resolveReference: ({ id }, { loaders }) => loaders.products.load(id),
    title: ({ state }) => state.title?.value ?? null,
    price: ({ state }) =>
      state.price && state.currency ? { amount: state.price.value, currency: state.currency.value } : null,
    url: ({ state }) => state.url?.value ?? null,
    image: ({ state }) => state.image?.value ?? null,
    category: ({ state }) => state.category?.value ?? null,
    inStock: ({ state }) => state.inStock?.value ?? null,
  },
}
