/**
 * What one step of the worker hands to the next, so that it need not be looked for. It is in the store as well: what is
 * dropped beyond the bound, or lost with the process, is found by looking.
 */
export class HandedOn<Item> {
  /** Called when something was put in, to wake whoever takes it. */
  onPut: () => void = () => undefined
  readonly #items = new Map<string, Item>()
  readonly #max: number

  constructor(max: number) {
    this.#max = max
  }

  get isFull(): boolean {
    return this.#items.size >= this.#max
  }

  has(key: string): boolean {
    return this.#items.has(key)
  }

  /** What was put in under the same key, and not taken, is replaced. */
  put(items: Iterable<readonly [key: string, item: Item]>): void {
    for (const [key, item] of items) if (!this.isFull || this.#items.has(key)) this.#items.set(key, item)
    if (this.#items.size > 0) this.onPut()
  }

  /** Up to so many, those first that came first. */
  take(limit: number): [key: string, item: Item][] {
    const taken: [string, Item][] = []
    for (const entry of this.#items) {
      if (taken.length >= limit) break
      taken.push(entry)
    }
    for (const [key] of taken) this.#items.delete(key)
    return taken
  }

  /** What was taken in vain, unless there is something newer. Wakes nobody. */
  putBack(items: Iterable<readonly [key: string, item: Item]>): void {
    for (const [key, item] of items) if (!this.isFull && !this.#items.has(key)) this.#items.set(key, item)
  }
}
