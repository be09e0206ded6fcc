import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../../platform/project-root.ts'
import { createSubgraph, type Subgraph } from '../../../subgraphs/create-subgraph.ts'
import { dataset, type Event, type Product, type Profile, type Recommendation } from '../data.ts'
import { createBatchLoader, type BatchLoader } from './batch-loader.ts'

export const SUBGRAPHS = ['profiles', 'events', 'products', 'recommendations'] as const
export type SubgraphName = (typeof SUBGRAPHS)[number]

/** The four subgraphs that every gateway of the bench stands in front of. */
export function createSubgraphs(): Subgraph[] {
  return SUBGRAPHS.map((name) => {
    return createSubgraph<Loaders>({
      name,
      typeDefs: subgraphSdl(name),
      resolvers: RESOLVERS[name],
      contextFor: createLoaders,
    })
  })
}

export function subgraphSdl(name: SubgraphName): string {
  const folder = join(projectRoot(import.meta.url), 'bench', 'gateway', 'schema')
  return readFileSync(join(folder, `${name}.graphql`), 'utf8')
}

/** Made for each request. */
interface Loaders {
  profiles: BatchLoader<Profile | null>
  products: BatchLoader<Product | null>
}

function createLoaders(): Loaders {
  return {
    profiles: createBatchLoader((id) => dataset.profile(id)),
    products: createBatchLoader((id) => dataset.product(id)),
  }
}

interface Reference {
  id: string
}

const keepReference = ({ id }: Reference): Reference => ({ id })
const toProduct = ({ productId }: Event | Recommendation): Reference => ({ id: productId })

const RESOLVERS: Readonly<Record<SubgraphName, Record<string, object>>> = {
  profiles: {
    Query: {
      profile: (_: unknown, { id }: Reference, { profiles }: Loaders) => profiles.load(id),
      profiles: (_: unknown, { ids }: { ids: string[] }, { profiles }: Loaders) =>
        ids.map((id) => profiles.load(id)),
    },
    Profile: {
      __resolveReference: ({ id }: Reference, { profiles }: Loaders) => profiles.load(id),
    },
  },
  events: {
    Profile: {
      __resolveReference: keepReference,
      events: ({ id }: Reference, { first }: { first: number }) => dataset.events(id, first),
    },
    Event: { product: toProduct },
  },
  products: {
    Query: {
      product: (_: unknown, { id }: Reference, { products }: Loaders) => products.load(id),
    },
    Product: {
      __resolveReference: ({ id }: Reference, { products }: Loaders) => products.load(id),
    },
  },
  recommendations: {
    Profile: {
      __resolveReference: keepReference,
      recommendations: ({ id }: Reference, { first }: { first: number }) =>
        dataset.recommendations(id, first),
    },
    Recommendation: { product: toProduct },
  },
}
