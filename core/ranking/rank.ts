import type { ProductTouch } from '../profile/profile.ts'
import type { BasketIndex, BasketProduct } from './basket-index.ts'
import { best } from './best.ts'

/** What a person has to do with products, newest first. */
export interface Taste {
  bought: readonly ProductTouch[]
  viewed: readonly ProductTouch[]
}

/** The person's own product that speaks most for a recommendation. */
export interface Seed {
  productId: string
  how: 'bought' | 'viewed'
}

export type Ranked =
  | { source: 'bought-together'; productId: string; score: number; seed: Seed }
  | { source: 'trending'; productId: string; score: number; seed: null }

/** How many of the newest products of a person are asked for their neighbours. */
const MAX_BOUGHT_SEEDS = 20
const MAX_VIEWED_SEEDS = 10
const VIEWED_WEIGHT = 0.5
/** Each earlier occasion counts that much less: 1, 1/1.5, 1/2… */
const DECAY = 0.5
/** Baskets added to both sides of the cosine, so that one shared basket of two rare products proves little. */
const SHRINK = 10

/**
 * Products for a person: those most often bought in one basket with what the person bought or viewed, then what is
 * trending. The score of a candidate is the sum over the seeds of weight x cosine of the two products' baskets, the
 * weight falling with each earlier occasion. Nothing that was bought or is excluded. Ties go by id, so the same
 * state gives the same answer, and a smaller limit its beginning.
 */
export function rank(
  index: BasketIndex,
  taste: Taste,
  exclude: ReadonlySet<string>,
  limit: number,
): Ranked[] {
  const round = index.nextRound()
  for (const { productId } of taste.bought) leaveOut(index, productId, round)
  for (const productId of exclude) leaveOut(index, productId, round)

  const seeds = [
    ...weighted(taste.bought.slice(0, MAX_BOUGHT_SEEDS), 'bought', 1),
    ...weighted(taste.viewed.slice(0, MAX_VIEWED_SEEDS), 'viewed', VIEWED_WEIGHT),
  ]
  const candidates = tallyNeighbours(index, seeds, round)
  const ranked = best(candidates, limit, byScore).map((product): Ranked => {
    const { score, seed } = product.tally
    const { productId, how } = seeds[seed] as WeightedSeed
    return { source: 'bought-together', productId: product.id, score, seed: { productId, how } }
  })
  return ranked.length < limit ? [...ranked, ...trending(index, round, limit - ranked.length)] : ranked
}

interface WeightedSeed extends Seed {
  weight: number
}

function weighted(touches: readonly ProductTouch[], how: Seed['how'], weight: number): WeightedSeed[] {
  let occasion = 0
  return touches.map(({ productId, at }, i) => {
    if (i > 0 && at !== touches[i - 1]?.at) occasion++
    return { productId, how, weight: weight / (1 + DECAY * occasion) }
  })
}

/** A product whose tally is of this round is no new candidate: nothing that is added to this score changes it. */
function leaveOut(index: BasketIndex, productId: string, round: number): void {
  const tally = index.getProduct(productId)?.tally
  if (!tally) return
  tally.round = round
  tally.score = -Infinity
  tally.best = Infinity
}

/** The products that any seed leads to, their scores of this round added up. */
function tallyNeighbours(index: BasketIndex, seeds: readonly WeightedSeed[], round: number): BasketProduct[] {
  const candidates: BasketProduct[] = []
  seeds.forEach(({ productId, weight }, seed) => {
    const own = index.getProduct(productId)
    if (!own) return
    const { products, together } = index.neighbours(productId)
    products.forEach((product, i) => {
      const { tally } = product
      const cosine = (together[i] ?? 0) / Math.sqrt((own.baskets + SHRINK) * (product.baskets + SHRINK))
      const score = weight * cosine
      if (tally.round !== round) {
        tally.round = round
        tally.score = score
        tally.best = score
        tally.seed = seed
        candidates.push(product)
        return
      }
      tally.score += score
      if (score > tally.best) {
        tally.best = score
        tally.seed = seed
      }
    })
  })
  return candidates
}

/** What is trending and was neither left out nor met in this round. */
function trending(index: BasketIndex, round: number, limit: number): Ranked[] {
  const { products, together } = index.trending()
  return products
    .map(({ id, tally }, i) => ({ productId: id, score: together[i] ?? 0, isNew: tally.round !== round }))
    .filter(({ isNew }) => isNew)
    .slice(0, limit)
    .map(({ productId, score }) => ({ source: 'trending', productId, score, seed: null }))
}

function byScore(a: BasketProduct, b: BasketProduct): number {
  return b.tally.score - a.tally.score || (a.id < b.id ? -1 : 1)
}
