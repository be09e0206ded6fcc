import type { Basket } from './basket-index.ts'

/**
 * The newest baskets of a set, at most `max`, whatever the order they came in. It lets itself grow to twice that
 * before it sorts, so that adding stays cheap. What it has let go does not come back when others are removed.
 */
export class RecentBaskets {
  #kept: Basket[] = []
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  add(basket: Basket): void {
    this.#kept.push(basket)
    if (this.#kept.length >= 2 * this.#max) this.#trim()
  }

  remove(basket: Basket): void {
    const at = this.#kept.lastIndexOf(basket)
    if (at >= 0) this.#kept.splice(at, 1)
  }

  /** In no particular order. */
  list(): readonly Basket[] {
    if (this.#kept.length > this.#max) this.#trim()
    return this.#kept
  }

  #trim(): void {
    this.#kept.sort((a, b) => b.at - a.at || (a.order < b.order ? -1 : 1))
    this.#kept.length = this.#max
  }
}
