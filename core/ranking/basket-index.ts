import { best } from './best.ts'
import { RecentBaskets } from './recent-baskets.ts'

/** A product that at least one basket holds. */
export interface BasketProduct {
  readonly id: string
  /** How many baskets hold it. */
  readonly baskets: number
  /** Where a ranking adds up the product's score: a field is several times cheaper than a map of all products met. */
  readonly tally: Tally
}

/** Belongs to the ranking of that round; what an earlier one left is to be overwritten. */
export interface Tally {
  round: number
  score: number
  /** The greatest part of the score, and the number of the seed that it comes from. */
  best: number
  seed: number
}

/** The products most often in one basket with another: `together[i]` baskets hold it and `products[i]`. */
export interface Neighbours {
  products: readonly BasketProduct[]
  together: readonly number[]
}

export interface BasketIndexLimits {
  /** When there are more, the one that was added first goes. About 400 bytes each. */
  maxBaskets: number
  /** How many of its newest baskets speak for a product. */
  maxBasketsPerProduct: number
  /** How many of the newest baskets speak for what is trending. */
  maxTrendingBaskets: number
  /** A larger basket is a shop's stock rather than a person's taste: the rest of it is left out. */
  maxProductsPerBasket: number
  maxNeighbours: number
  /** More than of neighbours, since what a person bought and excludes is taken out of it. */
  maxTrending: number
}

const DEFAULT_LIMITS: BasketIndexLimits = {
  maxBaskets: 100_000,
  maxBasketsPerProduct: 1_000,
  maxTrendingBaskets: 1_000,
  maxProductsPerBasket: 200,
  maxNeighbours: 50,
  maxTrending: 300,
}

/** An order as the index keeps it. */
export interface Basket {
  readonly order: string
  at: number
  products: Product[]
}

interface Product extends BasketProduct {
  baskets: number
  readonly recent: RecentBaskets
  /** Null until asked for, and again when a basket that holds the product comes, goes or changes. */
  neighbours: Neighbours | null
  /** Scratch of a count; zero between counts. */
  count: number
}

const NOBODY: Neighbours = { products: [], together: [] }

/**
 * Which products are bought together, kept up to date order by order, in memory alone. The baskets that a product
 * was in are at hand, so asking for its neighbours reads those and nothing else, once until one of them changes.
 */
export class BasketIndex {
  readonly #limits: BasketIndexLimits
  readonly #baskets = new Map<string, Basket>()
  readonly #products = new Map<string, Product>()
  readonly #newest: RecentBaskets
  #trending: Neighbours | null = null
  #round = 0

  constructor(limits: Partial<BasketIndexLimits> = {}) {
    this.#limits = { ...DEFAULT_LIMITS, ...limits }
    this.#newest = new RecentBaskets(this.#limits.maxTrendingBaskets)
  }

  get size(): number {
    return this.#baskets.size
  }

  /**
   * Tells what an order holds. Told again it changes nothing; told with a later time it amends the order; what is
   * told with an earlier time is out of date and left alone. Without products the order is taken out.
   *
   * @param at epoch milliseconds of the event that tells it
   */
  setBasket(order: string, productIds: readonly string[], at: number): void {
    const present = this.#baskets.get(order)
    if (present && present.at > at) return
    const ids = [...new Set(productIds)].slice(0, this.#limits.maxProductsPerBasket)
    if (present && sameProducts(present.products, ids)) {
      present.at = at
      return
    }
    if (present) this.#remove(present)
    if (ids.length === 0) return
    this.#add({ order, at, products: ids.map((id) => this.#intern(id)) })
    if (this.#baskets.size > this.#limits.maxBaskets) this.#removeFirst()
  }

  getProduct(productId: string): BasketProduct | null {
    return this.#products.get(productId) ?? null
  }

  /** A number that no tally holds yet. */
  nextRound(): number {
    return ++this.#round
  }

  /** By how often, then by id. */
  neighbours(productId: string): Neighbours {
    const product = this.#products.get(productId)
    if (!product) return NOBODY
    product.neighbours ??= this.#count(product.recent.list(), product, this.#limits.maxNeighbours)
    return product.neighbours
  }

  /** The products that most of the newest baskets hold: by how many, then by id. */
  trending(): Neighbours {
    this.#trending ??= this.#count(this.#newest.list(), null, this.#limits.maxTrending)
    return this.#trending
  }

  #add(basket: Basket): void {
    this.#baskets.set(basket.order, basket)
    this.#newest.add(basket)
    this.#trending = null
    for (const product of basket.products) {
      product.baskets++
      product.recent.add(basket)
      product.neighbours = null
    }
  }

  #remove(basket: Basket): void {
    this.#baskets.delete(basket.order)
    this.#newest.remove(basket)
    this.#trending = null
    for (const product of basket.products) {
      product.baskets--
      product.recent.remove(basket)
      product.neighbours = null
      if (product.baskets === 0) this.#products.delete(product.id)
    }
  }

  #removeFirst(): void {
    for (const basket of this.#baskets.values()) return this.#remove(basket)
  }

  #intern(id: string): Product {
    const known = this.#products.get(id)
    if (known) return known
    const recent = new RecentBaskets(this.#limits.maxBasketsPerProduct)
    const tally = { round: 0, score: 0, best: 0, seed: 0 }
    const product: Product = { id, baskets: 0, recent, neighbours: null, count: 0, tally }
    this.#products.set(id, product)
    return product
  }

  /** How many of the baskets hold each product, `except` left out; the most frequent ones. */
  #count(baskets: readonly Basket[], except: Product | null, limit: number): Neighbours {
    const found: Product[] = []
    for (const basket of baskets) {
      for (const product of basket.products) {
        if (product.count++ === 0) found.push(product)
      }
    }
    const others = found.filter((product) => product !== except)
    const products = best(others, limit, (a, b) => b.count - a.count || (a.id < b.id ? -1 : 1))
    const counted = { products, together: products.map((product) => product.count) }
    for (const product of found) product.count = 0
    return counted
  }
}

function sameProducts(products: readonly Product[], ids: readonly string[]): boolean {
  return products.length === ids.length && products.every((product, i) => product.id === ids[i])
}
