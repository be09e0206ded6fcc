import type { ProductTouch } from '../profile/profile.ts'
import { best } from './best.ts'
import type { BasketIndex, BasketProduct } from './basket-index.ts'

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
 * state gives the same answer.
 */
export function rank(
  index: BasketIndex,
  taste: Taste,
  exclude: ReadonlySet<string>,
  limit: number,
): Ranked[] {
  const unwanted = new Set(exclude)
  for (const touch of taste.bought) unwanted.add(touch.productId)

  const candidates = new Map<BasketProduct, Candidate>()
  addSeeds(index, candidates, taste.bought, 'bought', unwanted)
  addSeeds(index, candidates, taste.viewed, 'viewed', unwanted)
  const ranked = best(candidates.values(), limit, byScore).map(toRanked)
  return ranked.length < limit ? addTrending(index, ranked, unwanted, limit) : ranked
}

interface Candidate {
  productId: string
  score: number
  bestScore: number
  seed: Seed
}

function addSeeds(
  index: BasketIndex,
  candidates: Map<BasketProduct, Candidate>,
  touches: readonly ProductTouch[],
  how: Seed['how'],
  unwanted: ReadonlySet<string>,
): void {
  let occasion = 0
  let lastAt: number | null = null
  for (const { productId, at } of touches.slice(0, how === 'bought' ? MAX_BOUGHT_SEEDS : MAX_VIEWED_SEEDS)) {
    if (lastAt !== null && at !== lastAt) occasion++
    lastAt = at
    const own = index.getProduct(productId)
    if (!own) continue
    const weight = (how === 'bought' ? 1 : VIEWED_WEIGHT) / (1 + DECAY * occasion)
    addNeighbours(index, candidates, own, weight, { productId, how }, unwanted)
  }
}

function addNeighbours(
  index: BasketIndex,
  candidates: Map<BasketProduct, Candidate>,
  own: BasketProduct,
  weight: number,
  seed: Seed,
  unwanted: ReadonlySet<string>,
): void {
  const { products, together } = index.neighbours(own.id)
  products.forEach((product, i) => {
    if (unwanted.has(product.id)) return
    const cosine = (together[i] ?? 0) / Math.sqrt((own.baskets + SHRINK) * (product.baskets + SHRINK))
    const score = weight * cosine
    const candidate = candidates.get(product)
    if (!candidate) {
      candidates.set(product, { productId: product.id, score, bestScore: score, seed })
      return
    }
    candidate.score += score
    if (score > candidate.bestScore) {
      candidate.bestScore = score
      candidate.seed = seed
    }
  })
}

function addTrending(
  index: BasketIndex,
  ranked: Ranked[],
  unwanted: ReadonlySet<string>,
  limit: number,
): Ranked[] {
  const taken = new Set(ranked.map((item) => item.productId))
  const { products, together } = index.trending()
  products.forEach(({ id }, i) => {
    if (ranked.length >= limit || taken.has(id) || unwanted.has(id)) return
    ranked.push({ source: 'trending', productId: id, score: together[i] ?? 0, seed: null })
  })
  return ranked
}

function toRanked({ productId, score, seed }: Candidate): Ranked {
  return { source: 'bought-together', productId, score, seed }
}

function byScore(a: Candidate, b: Candidate): number {
  return b.score - a.score || (a.productId < b.productId ? -1 : 1)
}
