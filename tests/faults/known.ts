/** What an answer said of a person. */
export interface Seen {
  /** Both null in a render, whose document does not ask for them. */
  id: string | null
  version: number | null
  orders: number
  lastOrderId: string | null
}

/** What a read asks to be shown, and what an answer that is not stale then must show at least. */
export interface Demand {
  after: readonly string[]
  receipts: readonly string[]
  orders: number
  version: number
}

/** No read may demand more than 50. */
const MAX_RECEIPTS = 40

/** What one client knows of one person by what it was answered: nothing older may be shown to it without `stale`. */
export class Known {
  readonly #person: string
  readonly #shown = new Set<string>()
  #acknowledged: string[] = []
  #orders = 0
  #version = 0
  #id: string | null = null

  constructor(person: string) {
    this.#person = person
  }

  acknowledge(receipt: string): void {
    this.#acknowledged.push(receipt)
  }

  demand(): Demand {
    const receipts = this.#acknowledged.slice(0, MAX_RECEIPTS)
    const orders = Math.max(this.#orders, new Set([...this.#shown, ...receipts]).size)
    const after = this.#id === null ? receipts : [...receipts, `${this.#id}:${this.#version}`]
    return { after, receipts, orders, version: this.#version }
  }

  /** What is wrong with an answer that is not stale; null: nothing, and from now on nothing older is right. */
  take(demand: Demand, { id, version, orders }: Seen): string | null {
    if (orders < demand.orders)
      return `${this.#person} has ${demand.orders} orders at least and was shown ${orders}`
    if (version !== null && version < demand.version)
      return `${this.#person} was at version ${demand.version} and was shown ${version}`
    // A render tells no version that could be demanded from then on: what it shows is demanded again.
    if (id === null || version === null) return null
    for (const receipt of demand.receipts) this.#shown.add(receipt)
    this.#acknowledged = this.#acknowledged.filter((receipt) => !this.#shown.has(receipt))
    this.#orders = Math.max(this.#orders, orders)
    if (version > this.#version) {
      this.#version = version
      this.#id = id
    }
    return null
  }
}
