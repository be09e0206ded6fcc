import type { Appended } from '../stream/ports.ts'

/** Outboxes whose changes are in the feed, until a second look has found them there. */
export interface CarriedItem {
  id: string
  /** Of the last entry that was carried. */
  version: number
  appended: Appended
}

/** In the order in which they were carried: a batch is due when it is old enough for its second look. */
export class Carried {
  readonly #batches: { at: number; items: readonly CarriedItem[] }[] = []
  readonly #versions = new Map<string, number>()

  get size(): number {
    return this.#versions.size
  }

  /** Entries up to here need not be carried again now. */
  versionOf(id: string): number {
    return this.#versions.get(id) ?? 0
  }

  add(at: number, items: readonly CarriedItem[]): void {
    if (items.length === 0) return
    this.#batches.push({ at, items })
    for (const { id, version } of items) this.#versions.set(id, version)
  }

  /** What was carried at or before that time; whoever takes it says with `done` what becomes of it. */
  due(until: number): readonly CarriedItem[] {
    const [oldest] = this.#batches
    return oldest && oldest.at <= until ? oldest.items : []
  }

  /** The due batch is settled: what is still in the outbox is carried again, unless it was since. */
  done(): void {
    for (const { id, version } of this.#batches.shift()?.items ?? []) {
      if (this.#versions.get(id) === version) this.#versions.delete(id)
    }
  }
}
