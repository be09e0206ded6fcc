import { LRUCache } from 'lru-cache'
import type { NearCacheCounts } from './near-cache.ts'
import { USES_BEFORE_TOUCH, type Slot } from './slot.ts'

/** Slots within a bound of bytes: what was used longest ago gives way. */
export class SlotLru {
  readonly #slots: LRUCache<string, Slot>
  readonly #onDrop: (slot: Slot) => void
  #evictions = 0
  /** The one that is taken out to be put in again. */
  #weighed: Slot | null = null

  /** @param onDrop told of each that is kept no more */
  constructor({ maxBytes, onDrop }: { maxBytes: number; onDrop: (slot: Slot) => void }) {
    this.#onDrop = onDrop
    this.#slots = new LRUCache<string, Slot>({
      maxSize: maxBytes,
      sizeCalculation: ({ bytes }) => bytes,
      dispose: (slot, _name, reason) => {
        if (reason === 'evict') this.#evictions++
        if (slot !== this.#weighed) this.#onDrop(slot)
      },
    })
  }

  get counts(): NearCacheCounts {
    return {
      evictions: this.#evictions,
      entities: this.#slots.size,
      bytes: this.#slots.calculatedSize,
    }
  }

  get(name: string): Slot | undefined {
    return this.#slots.get(name)
  }

  touch(slot: Slot): void {
    slot.usesUntilTouched = USES_BEFORE_TOUCH
    this.#slots.get(slot.name)
  }

  /** Puts it in, or weighs it anew: the size of an item is only looked at when it is new. */
  weigh(slot: Slot): void {
    const { name } = slot
    this.#weighed = slot
    this.#slots.delete(name)
    this.#weighed = null
    this.#slots.set(name, slot)
    if (this.#slots.peek(name) !== slot) this.#onDrop(slot)
  }

  delete(name: string): void {
    this.#slots.delete(name)
  }

  clear(): void {
    this.#slots.clear()
  }
}
