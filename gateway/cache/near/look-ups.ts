import { LRUCache } from 'lru-cache'
import type { Slot } from './slot.ts'

/** For how long it is taken for true that nobody is found; the token is that of the miss. */
export interface Absence {
  until: number
  token: number
}

/**
 * By what entities are looked for besides their ids, and which of it finds nobody. A look-up is held in the slot of its
 * entity and dropped with its values: a key that moves changes both entities.
 */
export class LookUps {
  readonly #slots = new Map<string, Slot>()
  readonly #absent = new LRUCache<string, Absence>({ max: MAX_ABSENT })

  find(alias: string): Slot | undefined {
    return this.#slots.get(alias)
  }

  set(alias: string, slot: Slot): void {
    if (slot.aliases.length >= MAX_ALIASES && !slot.aliases.includes(alias)) return
    const before = this.#slots.get(alias)
    if (before === slot) return
    if (before) before.aliases = before.aliases.filter((other) => other !== alias)
    this.#slots.set(alias, slot)
    slot.aliases.push(alias)
  }

  forget(slot: Slot): void {
    for (const alias of slot.aliases) {
      if (this.#slots.get(alias) === slot) this.#slots.delete(alias)
    }
    slot.aliases = []
  }

  /** That a look-up found nobody, a short time ago. */
  absence(alias: string): Absence | undefined {
    return this.#absent.get(alias)
  }

  setAbsent(alias: string, absence: Absence): void {
    this.#absent.set(alias, absence)
  }

  clearAbsent(): void {
    this.#absent.clear()
  }
}

const MAX_ABSENT = 10_000

/** Of one entity; each person has a handful of identities. */
const MAX_ALIASES = 16
