import type { ProductDocument } from '../../core/products/product.ts'
import type { ProfileView } from '../../core/profile/profile.ts'
import { rank, type Ranked } from '../../core/ranking/rank.ts'
import type { Reason, Recommendation } from '../../schema/generated/recommendations.ts'
import type { EntityReference } from '../../schema/models.ts'
import type { RecommendationsContext } from './context.ts'

/** A recommendation whose products are read by the subgraph that has them. */
export type RecommendationModel = Omit<Recommendation, 'product' | 'reason'> & {
  product: EntityReference
  reason: Omit<Reason, 'product'> & { product: EntityReference | null }
}

/** Ranked and read beyond what is wanted: few are filtered, and going deeper costs more than a few products. */
const SPARE = 4
/** How deep the ranking goes for those whose best are filtered. */
const MAX_RANKED = 200

/**
 * The best `count` products for a person that have a title and are not known to be out of stock: the ranking is
 * filtered with the catalogue as it is now.
 */
export async function recommend(
  view: ProfileView,
  count: number,
  exclude: ReadonlySet<string>,
  { baskets, loaders }: RecommendationsContext,
): Promise<RecommendationModel[]> {
  const chosen: RecommendationModel[] = []
  const seen = new Set<string>()
  for (const depth of [count + SPARE, MAX_RANKED]) {
    const ranked = rank(baskets, view, exclude, depth)
    const unseen = ranked.filter(({ productId }) => !seen.has(productId))
    const [products, own] = await Promise.all([
      Promise.all(unseen.map(({ productId }) => loaders.products.load(productId))),
      Promise.all(unseen.map(async ({ seed }) => (seed ? loaders.products.load(seed.productId) : null))),
    ])
    unseen.forEach((item, i) => {
      seen.add(item.productId)
      if (isSellable(products[i])) chosen.push(toRecommendation(item, own[i] ?? null))
    })
    if (chosen.length >= count || ranked.length < depth) break
  }
  return chosen.slice(0, count)
}

function isSellable(product: ProductDocument | null | undefined): boolean {
  return Boolean(product?.state.title) && product?.state.inStock?.value !== false
}

function toRecommendation(item: Ranked, own: ProductDocument | null): RecommendationModel {
  const { productId, score, source } = item
  return { product: { id: productId }, score, source, reason: reasonOf(item, own) }
}

function reasonOf({ seed }: Ranked, own: ProductDocument | null): RecommendationModel['reason'] {
  if (seed === null) return { kind: 'TRENDING', text: 'Popular right now', product: null }
  const verb = seed.how === 'bought' ? 'bought' : 'looked at'
  const text = `Because you ${verb} ${own?.state.title?.value ?? 'something that goes with it'}`
  return { kind: 'BOUGHT_TOGETHER', text, product: { id: seed.productId } }
}
