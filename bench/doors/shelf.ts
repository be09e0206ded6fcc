import { createSubgraph, type Subgraph } from '../../subgraphs/create-subgraph.ts'

export const SECRET = Buffer.from('the secret of the doors bench')

export const DOCUMENT = 'query Shelf($ids: [ID!]!) { products(ids: $ids) { id title price } }'

/** A subgraph that has all it answers at hand. */
export function createShelf(): Subgraph {
  return createSubgraph({
    name: 'shelf',
    typeDefs: `
      type Query { products(ids: [ID!]!): [Product]! }
      type Product { id: ID! title: String price: Int }
    `,
    resolvers: {
      Query: {
        products: (_: unknown, { ids }: { ids: string[] }) =>
          ids.map((id) => ({ id, title: `Product ${id}`, price: 250 })),
      },
    },
    contextFor: () => ({}),
  })
}
